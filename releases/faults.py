"""What GitHub, or the way to it, says no with: as a reason to look again in a moment, or as a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from github import BadAttributeException, GithubException

from packs.archive import printable
from releases.errors import PublishError
from releases.github import repository

LONGEST_WAIT_S = 60.0
"""Whoever asks for more than this is come back to by a person."""
SECONDARY_WAIT_S = 60.0
"""What GitHub asks for where it limits and names no time (its REST API's best practices)."""
ERRORS = (GithubException, BadAttributeException, requests.RequestException, json.JSONDecodeError)
"""What PyGithub raises for what is not our mistake."""

_MAY = "give it “Contents: read and write” for that repository"
_FIRST_COMMIT = (
    "The repository {repo} is empty; make a first commit there, such as a README, and publish again."
)
_NOT_YET = ("does not exist", "is not a valid", "badobjectstate", "cannot be updated", "update failed")
"""What a 422 says of objects that another of GitHub's machines took a moment ago, and of a ref in use."""
_RULES = ("rule", "protected", "pull request", "review", "required status")


class Fault(Exception):
    """Nothing is decided: look at what is there, and go on from that.

    `wait_s` is how long to wait before, None for whatever is usual; the message is what to say in the end.
    """

    def __init__(self, sentence: str, *, wait_s: float | None = None) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


def fault_of(error: Exception) -> Fault:
    """The fault that an error means; raises `PublishError` where trying again would not help."""
    if isinstance(error, GithubException):
        return _of_status(error)
    if isinstance(error, requests.RequestException) and not isinstance(error, requests.JSONDecodeError):
        return _of_network(error)
    if isinstance(error, BadAttributeException):
        raise not_github() from error
    return Fault("GitHub's answer was cut off; publish again, which goes on from here.")


def is_of_pygithub(error: Exception) -> bool:
    """Whether PyGithub stumbled over an answer, or was sent to a host that is not GitHub's."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("github.")


def not_github() -> PublishError:
    return PublishError(f"What answers at {_host()} is not GitHub's API; check GITHUB_API_URL.")


def without_token(text: str) -> str:
    """Somebody else's words, in which our token must not come back."""
    return text.replace(settings.GITHUB_TOKEN, "…") if settings.GITHUB_TOKEN else text


def _of_network(error: requests.RequestException) -> Fault:
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        raise PublishError(
            f"The certificate of {_host()} cannot be verified; check GITHUB_API_URL, or the machine's clock."
        ) from error
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        raise PublishError(
            "GITHUB_API_URL or GITHUB_TOKEN is not what it should be; copy them anew."
        ) from error
    return Fault(f"{_host()} cannot be reached; look at the network and publish again.")


def _of_status(error: GithubException) -> Fault:
    status, said = error.status, said_by(error)
    if status in (403, 429) and (limit := _limit(error)):
        return limit
    if status >= 500:
        return Fault(f"GitHub has trouble of its own ({status}{said}); publish again in a while.")
    if status == 404:
        return Fault(
            f"GitHub says that there is no such thing{said}; if {repository()} is there, the token may not "
            f"write to it: {_MAY}."
        )
    if status == 409 and "empty" in said.lower():
        raise PublishError(_FIRST_COMMIT.format(repo=repository())) from error
    if status == 409:
        return Fault(f"Somebody else changes {repository()} at this moment{said}; publish again.")
    if status == 422 and is_there_already(error):
        return Fault(f"GitHub says that it is there already{said}; publish again.")
    if status == 422 and _says(said, *_NOT_YET) and not _says(said, *_RULES):
        return Fault(f"GitHub cannot do this at this moment (422{said}); publish again in a while.")
    raise PublishError(_final(error, said)) from error


def _final(error: GithubException, said: str) -> str:
    """The sentence for what no waiting changes."""
    if error.status == 401:
        return "GitHub does not take the token; it may have expired. Put a valid one into GITHUB_TOKEN."
    if error.status == 403 and "x-github-sso" in (error.headers or {}):
        return f"The organization wants the token authorized for its single sign-on{said}; do that at GitHub."
    if error.status == 403 and "archived" in said.lower():
        return f"The repository {repository()} is archived, so nothing can be published there; unarchive it."
    if error.status in (403, 409, 422) and _says(said, *_RULES):
        return (
            f"GitHub refuses this ({error.status}{said}); let the token's owner past that rule of "
            f"{repository()}, and try again."
        )
    if error.status == 403:
        return f"The token may not do this in {repository()}{said}; {_MAY}."
    if error.status == 422 and "empty" in said.lower():
        return _FIRST_COMMIT.format(repo=repository())
    if error.status == 422 and "immutable" in said.lower():
        return f"GitHub takes no tag of an immutable release twice{said}; build the pack as a new version."
    return f"GitHub refuses this ({error.status}{said}); what is there so far stays as it is."


def _says(said: str, *words: str) -> bool:
    return any(word in said.lower() for word in words)


def _limit(error: GithubException) -> Fault | None:
    """What a limit asks for; None when it is no limit that says no."""
    headers = error.headers or {}
    message = _message(error).lower()
    if (seconds := _number(headers, "retry-after")) is not None:
        return _wait(seconds, "GitHub asks for fewer requests")
    if headers.get("x-ratelimit-remaining") == "0" or message.startswith("api rate limit exceeded"):
        reset = _number(headers, "x-ratelimit-reset")
        seconds = 3600.0 if reset is None else reset - datetime.now(UTC).timestamp() + 1
        return _wait(max(seconds, 1.0), "The token has used up its requests for this hour")
    if error.status == 429 or "secondary rate limit" in message or "abuse detection" in message:
        return _wait(SECONDARY_WAIT_S, "GitHub asks for fewer requests")
    return None


def _wait(seconds: float, why: str) -> Fault:
    moment = datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC)
    sentence = f"{why}; publish again after {moment:%H:%M} UTC."
    if seconds > LONGEST_WAIT_S:
        raise PublishError(sentence)
    return Fault(sentence, wait_s=seconds)


def said_by(error: GithubException) -> str:
    """GitHub's own words and the codes of its errors, to follow in a sentence."""
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors")
    codes = [_code(one) for one in errors] if isinstance(errors, list) else []
    words = ", ".join(part for part in (_message(error), *codes) if part)
    words = printable(without_token(" ".join(words.split())), 160)
    return f": {words}" if words else ""


def is_there_already(error: GithubException) -> bool:
    said = said_by(error).lower()
    return "already_exists" in said or "already exists" in said


def _message(error: GithubException) -> str:
    data: Any = error.data
    message = data.get("message") if isinstance(data, dict) else ""
    return message.rstrip(".") if isinstance(message, str) else ""


def _code(error: Any) -> str:
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or "")
    return error if isinstance(error, str) else ""


def _number(headers: Mapping[str, Any], name: str) -> float | None:
    text = str(headers.get(name, ""))
    return float(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _host() -> str:
    return urlsplit(settings.GITHUB_API_URL).netloc
