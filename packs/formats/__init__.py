"""The documents of a pack, one module each: `write` makes it from a pack, `validate` judges anybody's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from packs.archive import OpenedPack
from packs.content import PackContent
from packs.formats import ccbell_config, ccbell_pack, cesp, guide, installer, licence, manifest, prompts
from packs.formats.files import sound_files
from packs.report import Finding


def _nothing(pack: OpenedPack) -> list[Finding]:
    return []


def _none(pack: OpenedPack) -> set[str]:
    return set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A document: its file name, how it is written, how it is judged, which sound files it names."""

    document: str
    write: Callable[[PackContent], dict[str, bytes]]
    validate: Callable[[OpenedPack], list[Finding]] = _nothing
    references: Callable[[OpenedPack], set[str]] = _none
    makes_a_pack: bool = False
    """Whether a folder with this document is a pack to somebody."""
    beside: frozenset[str] = frozenset()
    """Files that belong to the document."""


FORMATS = (
    Format(
        document=manifest.DOCUMENT,
        write=manifest.write,
        validate=manifest.validate,
        references=manifest.references,
        makes_a_pack=True,
    ),
    Format(
        document=ccbell_pack.DOCUMENT,
        write=ccbell_pack.write,
        validate=ccbell_pack.validate,
        references=ccbell_pack.references,
        makes_a_pack=True,
    ),
    Format(
        document=ccbell_config.DOCUMENT,
        write=ccbell_config.write,
        validate=ccbell_config.validate,
        references=ccbell_config.references,
    ),
    Format(
        document=cesp.DOCUMENT,
        write=cesp.write,
        validate=cesp.validate,
        references=cesp.references,
        makes_a_pack=True,
    ),
    Format(document=prompts.DOCUMENT, write=prompts.write),
    Format(document=licence.DOCUMENT, write=licence.write),
    Format(document=guide.DOCUMENT, write=guide.write),
    Format(document=installer.DOCUMENT, write=installer.write, beside=frozenset(installer.names())),
)


def pack_files(content: PackContent) -> dict[str, bytes | Path]:
    """Every file of a pack: name in it to bytes, or to where the bytes lie now. Raises as `sound_files`."""
    files: dict[str, bytes | Path] = dict(sound_files(content))
    for format_ in FORMATS:
        files |= format_.write(content)
    return files
