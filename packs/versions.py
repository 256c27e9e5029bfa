"""Version numbers of packs: plain X.Y.Z, as the CESP registry takes them."""

from __future__ import annotations

import re

LONGEST = 20
"""Characters; also what the database keeps."""

_NUMBER = r"(0|[1-9][0-9]*)"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


def parse_version(version: str) -> tuple[int, int, int]:
    """The version as three numbers that sort as versions do.

    Raises
    ------
    ValueError
        For anything but three plain numbers; the sentence says what to write.
    """
    match = _VERSION.fullmatch(version) if len(version) <= LONGEST else None
    if not match:
        raise ValueError(f"“{version[:40]}” is no version; write three numbers such as 1.0.0.")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def next_version(current: str, *, sounds_changed: bool) -> str:
    """The version after `current`: the next minor one when sounds changed, the next patch for mere text.

    CESP counts new sounds as minor and corrected metadata as patch (specification 1.0, section 8.2).
    Raises as `parse_version`.
    """
    major, minor, patch = parse_version(current)
    return f"{major}.{minor + 1}.0" if sounds_changed else f"{major}.{minor}.{patch + 1}"
