"""Which repository the studio publishes to, as the settings have it. GitHub itself is not asked here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings

NEEDED = ("GITHUB_TOKEN", "GITHUB_REPO_OWNER", "GITHUB_REPO_NAME")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Where nobody listens on the way."""
_TOKEN = re.compile(r"[!-~]+")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def repository() -> str:
    """``owner/name``, or ``""`` where the settings name none."""
    owner, name = settings.GITHUB_REPO_OWNER, settings.GITHUB_REPO_NAME
    return f"{owner}/{name}" if owner and name else ""


def missing_settings() -> str:
    """One sentence about what keeps the studio from publishing; ``""`` when it can."""
    if unset := [name for name in NEEDED if not getattr(settings, name)]:
        return f"Set {_listed(unset)} to publish to GitHub; docs/publish.md says how."
    if not _TOKEN.fullmatch(settings.GITHUB_TOKEN):
        return "GITHUB_TOKEN holds characters that no token has; copy it from GitHub once more."
    for name in ("GITHUB_REPO_OWNER", "GITHUB_REPO_NAME"):
        if not _NAME.fullmatch(getattr(settings, name)):
            return f"{name} must be the bare name, without slashes or spaces, not an address."
    return _fault_of_address()


def _fault_of_address() -> str:
    wanted = (
        "GITHUB_API_URL must be an address such as https://api.github.com, without a name or token in it."
    )
    try:
        address = urlsplit(settings.GITHUB_API_URL)
        is_address = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return wanted
    if not is_address or "@" in address.netloc:
        return wanted
    if address.scheme == "http" and address.hostname not in LOOPBACK:
        return "GITHUB_API_URL must begin with https://, as the token is sent there."
    return ""


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
