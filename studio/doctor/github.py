"""Whether a pack could be published; the token itself is never shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone
from github import Github, GithubException, UnknownObjectException

from packs.archive import printable
from releases.errors import PublishError
from releases.faults import ERRORS, Fault, fault_of
from releases.github import NEEDED, missing_settings
from releases.session import connected, open_repository
from studio.doctor.finding import Finding, fail, note, ok, warn

HOW = "docs/publish.md says how"
ENOUGH_SCOPES = {"repo", "public_repo"}
EXPIRES_SOON = timedelta(days=7)
FEW_REQUESTS = 100
CLOCKS_APART = timedelta(minutes=1)


def publishing() -> Iterator[Finding]:
    if not any(getattr(settings, name) for name in NEEDED):
        yield note("publishing", "not set up", HOW)
    elif missing := missing_settings():
        yield warn("publishing", "set up in part", missing.removesuffix("; docs/publish.md says how."))
    else:
        yield from _asked()


CHECKS = (publishing,)


def _asked() -> Iterator[Finding]:
    try:
        with connected() as github:
            headers, user = _whoami(github)
            yield _token(headers, user)
            yield from _clock(headers)
            yield _repository(github)
            yield from _limit(github)
    except (requests.ConnectionError, requests.Timeout):
        yield note("GitHub", f"{settings.GITHUB_API_URL} cannot be reached from here")
    except PublishError as error:
        yield _refusal(error)
    except ERRORS as error:
        yield _refusal(_meaning(error))


def _whoami(github: Github) -> tuple[Mapping[str, Any], str]:
    """The headers of GitHub's answer, and the login; a token of an app has none."""
    try:
        headers, data = github.requester.requestJsonAndCheck("GET", "/user")
    except (UnknownObjectException, GithubException) as error:
        if error.status not in (403, 404):
            raise
        return error.headers or {}, ""
    return headers, printable(str(data.get("login", "")))


def _token(headers: Mapping[str, Any], user: str) -> Finding:
    whose = f"of {user}" if user else "of an app"
    scopes = {one.strip() for one in headers.get("x-oauth-scopes", "").split(",")} - {""}
    kind = f"classic with {', '.join(sorted(scopes))}" if scopes else "for chosen repositories"
    if "x-oauth-scopes" in headers and not scopes & ENOUGH_SCOPES:
        return fail("token", f"{whose}, but without the scope public_repo", f"make another: {HOW}")
    expires = _moment(headers.get("github-authentication-token-expiration", ""))
    if expires is None:
        return ok("token", f"{whose}, {kind}")
    left = expires - timezone.now()
    fact = f"{whose}, {kind}, expires on {expires:%Y-%m-%d}"
    return warn("token", fact, f"make another: {HOW}") if left < EXPIRES_SOON else ok("token", fact)


def _repository(github: Github) -> Finding:
    repo = open_repository(github)
    told = repo.raw_data.get("permissions")
    if isinstance(told, dict) and not told.get("push"):
        return fail("repository", f"{repo.full_name} may be read, not written", f"let the token write: {HOW}")
    if repo.private:
        return note("repository", f"{repo.full_name} is private: only who may see it installs from it")
    return ok("repository", f"{repo.full_name}{', may be written' if told else ''}")


def _limit(github: Github) -> Iterator[Finding]:
    left, most = github.requester.rate_limiting
    if 0 <= left < FEW_REQUESTS:
        again = datetime.fromtimestamp(github.requester.rate_limiting_resettime, UTC)
        yield warn("requests", f"{left} are left for this hour", f"wait until {again:%H:%M} UTC")
    elif most > 0:
        yield ok("requests", f"{left:,} of {most:,} are left for this hour")


def _clock(headers: Mapping[str, Any]) -> Iterator[Finding]:
    """GitHub's clock is right, and what it hears from the future it refuses."""
    try:
        apart = timezone.now() - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return
    if abs(apart) > CLOCKS_APART:
        how = "ahead" if apart > timedelta() else "behind"
        fact = f"this machine's is {abs(apart).total_seconds():.0f} s {how} of GitHub's"
        yield warn("clock", fact, "have it follow a time server")


def _meaning(error: Exception) -> Exception:
    try:
        return fault_of(error)
    except PublishError as final:
        return final


def _refusal(error: Exception) -> Finding:
    """One of the sentences of publishing: what it is, then what to do."""
    sentence = str(error).rstrip(".")
    for between in ("; ", ". "):
        fact, found, todo = sentence.rpartition(between)
        if found:
            return (warn if isinstance(error, Fault) else fail)("publishing", fact, todo)
    return fail("publishing", sentence, HOW)


def _moment(text: str) -> datetime | None:
    """Such as ``2026-12-01 00:00:00 UTC``, or with an offset."""
    for form in ("%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S %z"):
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
