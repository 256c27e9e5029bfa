"""Packs of the CESP standard: openpeon.json, with several sounds for a category."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from packs.archive import OpenedPack, PackError, shown
from packs.formats.cesp import DOCUMENT
from packs.importing.found import (
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
from packs.installer.names import cesp_place


def read(pack: OpenedPack) -> FoundPack:
    """The pack that openpeon.json describes; raises `PackError`."""
    document = document_of(pack, DOCUMENT)
    person = document.get("author")
    person = person if isinstance(person, dict) else {"name": person}
    author, github = line(person.get("name"), 80), github_user(person.get("github"))
    licence, homepage = licence_of(document.get("license")), web_address(document.get("homepage"))
    where = homepage or (f"https://github.com/{github}" if github else "")
    name = line(document.get("name"), 64)
    attribution = credit(author, where, stated=document.get("license"), licence=licence)
    return FoundPack(
        document=DOCUMENT,
        vocabulary="cesp_category",
        name=name,
        display_name=line(document.get("display_name"), 120) or name,
        version=line(document.get("version"), 40),
        description=line(document.get("description"), 256),
        author=author,
        author_github=github,
        licence=licence,
        homepage=homepage,
        sounds=list(_sounds(pack, document, licence, attribution)),
    )


def _sounds(
    pack: OpenedPack, document: dict[str, Any], licence: str, attribution: str
) -> Iterator[FoundSound]:
    """In the order of the document; a file that a category names twice comes once."""
    for category, entries in _categories(document).items():
        seen = set()
        for entry in entries:
            if not isinstance(entry, dict):
                raise PackError(f"{DOCUMENT} must hold an object with “file”, not {shown(entry)}.")
            named = entry.get("file")
            place = cesp_place(named, pack) if isinstance(named, str) else named
            file = existing(pack, DOCUMENT, place, sha256=entry.get("sha256"))
            if file in seen:
                continue
            seen.add(file)
            yield FoundSound(
                event=category,
                file=file,
                title=line(entry.get("label"), 120) or line(PurePosixPath(file).stem, 120),
                licence=licence,
                attribution=attribution,
                said={"cesp_category": line(category, 40)},
            )


def _categories(document: dict[str, Any]) -> dict[str, list[Any]]:
    """Category to what it lists; a name that the pack gives as an alias counts as what it stands for."""
    categories, aliases = document.get("categories"), document.get("category_aliases")
    if not isinstance(categories, dict):
        raise PackError(f"{DOCUMENT} has no “categories”, so nothing says which sound is for what.")
    aliases = aliases if isinstance(aliases, dict) else {}
    listed: dict[str, list[Any]] = {}
    for name, value in categories.items():
        sounds = value.get("sounds") if isinstance(value, dict) else None
        if not isinstance(sounds, list):
            raise PackError(f"{DOCUMENT} must hold an object with a list of “sounds” for {shown(name)}.")
        stands_for = aliases.get(name)
        listed.setdefault(stands_for if isinstance(stands_for, str) else name, []).extend(sounds)
    return listed
