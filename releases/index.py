"""index.json at the root of the repository: the packs in it, each in its latest version."""

from __future__ import annotations

import json
from typing import Any

from packs.archive import shown
from packs.formats.documents import as_json
from packs.models import Build
from releases.errors import PublishError
from releases.files import PackFiles

DOCUMENT = "index.json"


def entry_of(build: Build, files: PackFiles, *, tag: str, zip_url: str) -> dict[str, Any]:
    document = files.document
    return {
        "name": document["name"],
        "display_name": document["display_name"],
        "version": build.version,
        "description": document.get("description", ""),
        "tag": tag,
        "path": files.folder,
        "zip_url": zip_url,
        "sha256": build.zip_sha256,
        "licence": build.manifest["licence"],
        "sound_count": files.sound_count,
    }


def with_entry(data: bytes | None, entry: dict[str, Any]) -> bytes:
    """The document with this pack's entry in its place; everything else in it stays."""
    document = _read(data)
    others = [one for one in document["packs"] if one.get("name") != entry["name"]]
    document["packs"] = sorted([*others, entry], key=lambda one: str(one.get("name")))
    return as_json(document)


def without_entry(data: bytes | None, name: str, version: str) -> bytes | None:
    """The document without a pack's entry if it is of this version; None where there is nothing to change."""
    if data is None:
        return None
    document = _read(data)
    kept = [one for one in document["packs"] if (one.get("name"), one.get("version")) != (name, version)]
    if len(kept) == len(document["packs"]):
        return None
    document["packs"] = kept
    return as_json(document)


def _read(data: bytes | None) -> dict[str, Any]:
    """Raises `PublishError` for what is somebody else's document of that name."""
    if data is None:
        return {"packs": []}
    try:
        document = json.loads(data)
    except ValueError as error:
        raise PublishError(_not_ours("no JSON")) from error
    packs = document.get("packs") if isinstance(document, dict) else None
    if not isinstance(packs, list) or not all(isinstance(one, dict) for one in packs):
        raise PublishError(_not_ours("no list of packs"))
    return document


def _not_ours(fault: str) -> str:
    return (
        f"The {shown(DOCUMENT)} in the repository is {fault}; rename it there, or publish without the files."
    )
