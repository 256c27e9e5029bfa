"""Packs of the convention that ccbell plans: pack.json, with a sound for an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packs.archive import OpenedPack, PackError
from packs.formats.ccbell_pack import DOCUMENT
from packs.importing.found import (
    FoundPack,
    FoundSound,
    credit,
    document_of,
    existing,
    licence_of,
    line,
    web_address,
)


def read(pack: OpenedPack) -> FoundPack:
    """The pack that pack.json describes; raises `PackError`."""
    document = document_of(pack, DOCUMENT)
    source = document.get("source")
    stated = source.get("license") if isinstance(source, dict) else document.get("license")
    author, homepage = line(document.get("author"), 80), web_address(document.get("homepage"))
    licence = licence_of(stated)
    name = line(document.get("id"), 64) or line(document.get("name"), 64)
    return FoundPack(
        document=DOCUMENT,
        vocabulary="ccbell_event",
        name=name,
        display_name=line(document.get("name"), 120) or name,
        version=line(document.get("version"), 40),
        description=line(document.get("description"), 256),
        author=author,
        author_github="",
        licence=licence,
        homepage=homepage,
        sounds=list(
            _sounds(pack, document, licence, credit(author, homepage, stated=stated, licence=licence))
        ),
    )


def _sounds(
    pack: OpenedPack, document: dict[str, Any], licence: str, attribution: str
) -> Iterator[FoundSound]:
    events = document.get("events")
    if not isinstance(events, dict):
        raise PackError(f"{DOCUMENT} has no “events”, so nothing says which sound is for what.")
    for event, name in events.items():
        file = existing(pack, DOCUMENT, name)
        yield FoundSound(
            event=event,
            file=file,
            title=line(event, 120).replace("_", " ").capitalize(),
            licence=licence,
            attribution=attribution,
            said={"ccbell_event": line(event, 40)},
        )
