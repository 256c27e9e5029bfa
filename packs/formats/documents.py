"""JSON documents of a pack: write them always alike, read them from strangers, check them by tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from packs.archive import OpenedPack, PackError, printable, shown
from packs.report import Finding, Level

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Key:
    """One row of a table of keys: what the value must be, in words and as a test."""

    name: str
    words: str
    accepts: Callable[[Any], bool]
    required: bool = False


class Findings(list[Finding]):
    """What there is to say about one document, a line for each finding."""

    def __init__(self, rules: str, document: str = "") -> None:
        super().__init__()
        self.rules = rules
        self.document = document

    def add(self, level: Level, key: str, sentence: str) -> None:
        """`key` may be a path such as ``author.name``, or ``""`` for the document as a whole."""
        where = printable(": ".join(part for part in (self.document, key) if part), 120)
        sentence = printable(sentence, 400)  # whatever of somebody else's is quoted in it
        self.append(Finding(level=level, rules=self.rules, where=where, sentence=sentence))

    def error(self, key: str, sentence: str) -> None:
        self.add(Level.ERROR, key, sentence)

    def warning(self, key: str, sentence: str) -> None:
        self.add(Level.WARNING, key, sentence)

    def note(self, key: str, sentence: str) -> None:
        self.add(Level.NOTE, key, sentence)


def as_json(document: dict[str, Any]) -> bytes:
    """The bytes of a document: keys in the given order, indented, UTF-8, a newline at the end."""
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def load(pack: OpenedPack, name: str, findings: Findings) -> dict[str, Any] | None:
    """The object a document holds; ``None`` with an error among the findings when it cannot be had."""
    try:
        document = pack.read_json(name)
    except PackError as error:
        findings.error("", str(error))
        return None
    if not isinstance(document, dict):
        findings.error("", f"{name} must hold a JSON object, not {shown(document)}.")
        return None
    return document


def peek(pack: OpenedPack, name: str) -> dict[str, Any]:
    """The object a document holds, or an empty one; for those who need no reasons."""
    return (load(pack, name, Findings("")) if name in pack else None) or {}


def check_keys(
    value: dict[str, Any], keys: Iterable[Key], findings: Findings, *, at: str = "", strict: bool = False
) -> bool:
    """Hold an object against a table; whether nothing was wrong. `strict` refuses keys of no row."""
    before = len(findings)
    rows = {key.name: key for key in keys}
    for row in rows.values():
        place = f"{at}{row.name}"
        if row.name not in value:
            if row.required:
                findings.error(place, f"{shown(place)} is missing; it must be {row.words}.")
        elif not row.accepts(value[row.name]):
            findings.error(place, f"{shown(place)} must be {row.words}, not {shown(value[row.name])}.")
    if strict:
        for name in value.keys() - rows.keys():
            findings.error(at + name, f"{shown(at + name)} is no key that is allowed here; leave it out.")
    return len(findings) == before


def text(most: int | None = None, least: int = 0) -> Callable[[Any], bool]:
    """A test for text of so many characters."""
    return lambda value: isinstance(value, str) and least <= len(value) <= (most or len(value))


def matching(pattern: str) -> Callable[[Any], bool]:
    """A test for text that a pattern fits from end to end."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_sha256(value: Any) -> bool:
    return isinstance(value, str) and SHA256.fullmatch(value) is not None


def checksum_fault(pack: OpenedPack, document: str, path: str, stated: str) -> str:
    """A sentence when a document lies about a file's checksum, else ``""``."""
    if stated == (actual := pack.sha256(path)):
        return ""
    return (
        f"{document} lies about the checksum of {path}: it states {stated[:12]}…, the file has "
        f"{actual[:12]}…; build the pack again."
    )
