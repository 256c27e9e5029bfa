"""Which hook events the Claude Code of this machine knows.

Before 2.1.101 it skips a whole settings.json, permissions and all, for hooks of one event that it does not
know (“Invalid key in record”); since then it passes over that event. The versions are those of its changelog.
"""

from __future__ import annotations

import re
import shutil
import subprocess

Version = tuple[int, int, int]

TOLERANT: Version = (2, 1, 101)
KNOWN_SINCE: dict[str, Version] = {
    "PreToolUse": (1, 0, 38),
    "PostToolUse": (1, 0, 38),
    "Notification": (1, 0, 38),
    "Stop": (1, 0, 38),
    "SubagentStop": (1, 0, 41),
    "PreCompact": (1, 0, 48),
    "UserPromptSubmit": (1, 0, 54),
    "SessionStart": (1, 0, 62),
    "SessionEnd": (1, 0, 85),
    "SubagentStart": (2, 0, 43),
    "PermissionRequest": (2, 0, 45),
    "StopFailure": (2, 1, 78),
}

_LONGEST_ANSWER_S = 10
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def installed_version() -> Version | None:
    """What ``claude --version`` says; ``None`` where it is not on the path or does not answer."""
    claude = shutil.which("claude")
    if not claude:
        return None
    try:
        answer = subprocess.run(
            [claude, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_ANSWER_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.match(answer.stdout.decode("utf-8", "replace").strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def takes(version: Version | None, event: str) -> bool:
    """Whether settings with hooks for an event are safe with a version; a version not known is a new one."""
    return version is None or version >= min(TOLERANT, KNOWN_SINCE.get(event, TOLERANT))


def is_new(event: str) -> bool:
    """Whether it came with version 2.0 or later."""
    return KNOWN_SINCE.get(event, TOLERANT) >= (2, 0, 0)


def written(version: Version) -> str:
    """“2.1.101”."""
    return ".".join(str(part) for part in version)
