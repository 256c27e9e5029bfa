"""Somebody else's words, and ours, as they stand in sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence


def printable(text: str, most: int = 60) -> str:
    """A text as it can stand in a sentence: one line, no control characters, cut to `most`."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text if len(text) <= most else text[: most - 1] + "…"


def shown(value: object) -> str:
    """Somebody else's value as it can stand in a sentence."""
    if isinstance(value, str):
        return f"“{printable(value)}”"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return printable(repr(value), 20)
    return "a list" if isinstance(value, list) else "an object"


def listed(words: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def counted(count: int, noun: str) -> str:
    """“1 sound”, “2 sounds”."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
