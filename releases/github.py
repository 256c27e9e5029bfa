"""Which repository the studio publishes to, as the settings have it. GitHub itself is not asked here."""

from __future__ import annotations

from django.conf import settings

NEEDED = ("GITHUB_TOKEN", "GITHUB_REPO_OWNER", "GITHUB_REPO_NAME")


def repository() -> str:
    """``owner/name``, or ``""`` where the settings name none."""
    owner, name = settings.GITHUB_REPO_OWNER, settings.GITHUB_REPO_NAME
    return f"{owner}/{name}" if owner and name else ""


def missing_settings() -> str:
    """One sentence about what keeps the studio from publishing; ``""`` when it can."""
    if unset := [name for name in NEEDED if not getattr(settings, name)]:
        return f"Set {_listed(unset)} to publish to GitHub; docs/publish.md says how."
    return ""


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
