"""Packs of this studio, or of another one: manifest.json, with everything that was known of a sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packs.archive import OpenedPack, PackError, shown
from packs.formats import cesp
from packs.formats.documents import is_number, is_whole, peek
from packs.formats.files import FOLDER
from packs.formats.manifest import DOCUMENT, path_of
from packs.importing.found import (
    LONGEST_ATTRIBUTION,
    FoundPack,
    FoundSound,
    credit,
    document_of,
    existing,
    github_user,
    licence_of,
    line,
    web_address,
)

QUIETEST_LUFS, LOUDEST_LUFS = -40.0, -8.0
"""What a hook may ask for; a manifest that states anything else states nothing."""

_SOURCE = {"pack": 64, "version": 40, "author": 80, "homepage": 200, "file": 240, "sha256": 64}
"""What is kept of the pack that a sound was in first, and how much of it."""
_TEXTS = {
    "engine": 60,
    "engine_version": 40,
    "prompt": 2_000,
    "theme": 64,
    "variation": 64,
    "description": 256,
    "claude_event": 60,
    "ccbell_event": 40,
    "cesp_category": 40,
}
"""What is kept of a sound's entry, and how much of it."""


def read(pack: OpenedPack) -> FoundPack:
    """The pack that manifest.json describes; raises `PackError`."""
    document = document_of(pack, DOCUMENT)
    author, homepage = line(document.get("author"), 80), web_address(document.get("homepage"))
    person = peek(pack, cesp.DOCUMENT).get("author")
    name = line(document.get("name"), 64)
    return FoundPack(
        document=DOCUMENT,
        vocabulary="slug",
        name=name,
        display_name=line(document.get("display_name"), 120) or name,
        version=line(document.get("version"), 40),
        description=line(document.get("description"), 256),
        author=author,
        author_github=github_user(person.get("github") if isinstance(person, dict) else None),
        licence=licence_of(document.get("licence")),
        homepage=homepage,
        sounds=list(_sounds(pack, document, author, homepage)),
        theme=line(document.get("theme"), 64),
        variation=line(document.get("variation"), 64),
    )


def _sounds(pack: OpenedPack, document: dict[str, Any], author: str, homepage: str) -> Iterator[FoundSound]:
    files = document.get("files")
    if not isinstance(files, dict):
        raise PackError(f"{DOCUMENT} has no “files”, so nothing says which sound is for what.")
    for hook, entry in files.items():
        if not isinstance(entry, dict):
            raise PackError(f"{DOCUMENT} must hold an object for {shown(hook)}, not {shown(entry)}.")
        stated = entry.get("licence", document.get("licence"))
        licence = licence_of(stated)
        name = path_of(entry, pack) or _in_folder(entry.get("filename"))
        yield FoundSound(
            event=hook,
            file=existing(pack, DOCUMENT, name, sha256=entry.get("sha256")),
            title=line(entry.get("title"), 120) or line(hook, 120),
            licence=licence,
            attribution=line(entry.get("attribution"), LONGEST_ATTRIBUTION)
            or credit(author, homepage, stated=stated, licence=licence),
            intended_lufs=_loudness(entry.get("intended_lufs")),
            said=_said(entry),
        )


def _in_folder(name: object) -> object:
    """Where a file is looked for first, for the sentence that says it is missing."""
    return f"{FOLDER}/{name}" if isinstance(name, str) and name else name


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    """Its own words; where it was in another pack first, those of that one stay."""
    said: dict[str, Any] = {key: line(entry.get(key), most) for key, most in _TEXTS.items()}
    if isinstance(source := entry.get("source"), dict):
        said |= {key: line(source.get(key), most) for key, most in _SOURCE.items()}
    seed: Any = entry.get("seed")
    return said | ({"seed": seed} if is_whole(seed) and 0 <= seed < 2**63 else {})


def _loudness(value: Any) -> float | None:
    return float(value) if is_number(value) and QUIETEST_LUFS <= value <= LOUDEST_LUFS else None
