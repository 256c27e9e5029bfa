"""What a pack says of itself, as plain data: each kind of document is read into this."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from packs.archive import OpenedPack, PackError, printable, shown
from packs.formats.cesp_rules import GITHUB, licence_parts
from packs.formats.documents import Findings, checksum_fault, is_sha256, load
from sounds.models.sound import LONGEST_LICENCE

UNKNOWN_LICENCE = "LicenseRef-Unknown"
LONGEST_ATTRIBUTION = 200

_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSound:
    """One sound that a pack names, for one event.

    Attributes
    ----------
    event
        In the words of its pack's `FoundPack.vocabulary`.
    file
        Its name in the pack, which holds it.
    intended_lufs
        How loud it is meant to be, where the pack says so.
    said
        What else the pack says of it, in the words of our manifest.
    """

    event: str
    file: str
    title: str
    licence: str
    attribution: str
    intended_lufs: float | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPack:
    """A pack and its sounds.

    Attributes
    ----------
    document
        The one it was read from.
    vocabulary
        The field of a hook that has the events' names: ``slug``, ``cesp_category`` or ``ccbell_event``.
    name
        As the pack calls itself, whatever that is; a pack of ours gets its slug from this.
    """

    document: str
    vocabulary: str
    name: str
    display_name: str
    version: str
    description: str
    author: str
    author_github: str
    licence: str
    homepage: str
    sounds: Sequence[FoundSound]
    theme: str = ""
    variation: str = ""

    def under(self, licence: str) -> FoundPack:
        """The same pack, its sounds under this licence where it states none that anybody knows."""
        known = self.licence if self.licence != UNKNOWN_LICENCE else licence
        sounds = [
            replace(sound, licence=licence) if sound.licence == UNKNOWN_LICENCE else sound
            for sound in self.sounds
        ]
        return replace(self, licence=known, sounds=sounds)

    def provenance(self, sound: FoundSound, pack: OpenedPack) -> dict[str, Any]:
        """What is kept of it with a sound; what the pack does not say is left out."""
        said = {
            "document": self.document,
            "pack": self.name,
            "version": self.version,
            "author": self.author,
            "author_github": self.author_github,
            "homepage": self.homepage,
            "licence": sound.licence,
            "file": sound.file,
            "sha256": pack.sha256(sound.file),
            "title": sound.title,
            "intended_lufs": sound.intended_lufs,
            **sound.said,
        }
        return {key: value for key, value in said.items() if value not in ("", None)}


def document_of(pack: OpenedPack, name: str) -> dict[str, Any]:
    """The object that a document holds; raises `PackError`."""
    findings = Findings("")
    document = load(pack, name, findings)
    if document is None:
        raise PackError(findings[0].sentence)
    return document


def line(value: object, most: int) -> str:
    """Somebody else's text as one line of at most so many characters; ``""`` for what is no text."""
    return printable(" ".join(value.split()), most) if isinstance(value, str) else ""


def licence_of(*stated: object) -> str:
    """The first of these that is an SPDX expression."""
    for value in stated:
        if isinstance(value, str) and len(value) <= LONGEST_LICENCE and licence_parts(value):
            return " ".join(value.split())
    return UNKNOWN_LICENCE


def credit(author: str, homepage: str, *, stated: object, licence: str) -> str:
    """Whom to name for a sound, and what its pack said of the licence where that is no SPDX expression."""
    words = [author, homepage]
    if licence == UNKNOWN_LICENCE and (said := line(stated, 60)) and said != licence:
        words.append(f"licence stated as {shown(said)}")
    return ", ".join(word for word in words if word)[:LONGEST_ATTRIBUTION]


def web_address(value: object) -> str:
    """A web address as a database of ours takes it, or ``""``."""
    text = line(value, 200)
    try:
        _is_web_address(text)
    except ValidationError:
        return ""
    return text


def github_user(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(GITHUB, value) else ""


def existing(pack: OpenedPack, document: str, name: object, *, sha256: object = None) -> str:
    """The file that a document names; raises `PackError` where it is none, missing, or not the one meant."""
    if not isinstance(name, str) or not name:
        raise PackError(f"{document} names {shown(name)} where the name of a sound file should be.")
    if name not in pack:
        raise PackError(f"{document} names {shown(name)}, which is missing from the pack.")
    stated = sha256.lower() if isinstance(sha256, str) else ""
    if is_sha256(stated) and checksum_fault(pack, document, name, stated):
        raise PackError(f"{document} states another checksum for {shown(name)} than it has; get it again.")
    return name
