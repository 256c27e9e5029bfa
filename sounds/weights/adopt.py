"""Taking over files that are on this machine already."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from sounds.engines.stable_audio.files import Repository, snapshot_in
from sounds.weights import hashes
from sounds.weights.meter import Meter
from sounds.weights.sizes import require_space
from sounds.weights.store import Store

REVISION = re.compile(r"[0-9a-f]{40}")
CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Adopted:
    """A folder's files as they lie in the store: the revision, and file name to etag."""

    revision: str
    names: dict[str, str]


def source_of(repository: Repository, folder: Path) -> Path | None:
    """Where the files of `repository` lie if `folder` holds them.

    It may be a cache of the hub's library, one repository in such a cache, or hold the files themselves,
    or folders called like repositories.
    """
    caches = [folder.parent] if folder.name.startswith("models--") else [folder, folder / "hub"]
    cached = [snapshot_in(cache, repository) for cache in caches]
    named = [folder / name for id_ in repository.ids for name in (id_, short_name(id_))]
    plain = [one for one in (*named, folder) if repository.is_whole_in(one)]
    return next((one for one in (*cached, *plain) if one), None)


def short_name(id_: str) -> str:
    """A repository's name without its owner."""
    return id_.rpartition("/")[2]


def size_of(repository: Repository, source: Path) -> int:
    return sum((source / name).stat().st_size for name in repository.files)


def adopt(repository: Repository, source: Path, store: Store, meter: Meter) -> Adopted:
    """Bring the files of `source` into `store`: as hard links where the disk allows, else as copies."""
    names = {}
    for name in repository.files:
        path = (source / name).resolve()
        etag = hashes.sha256(path, meter.pause(f"reading {name}"))
        _bring(path, etag, name, store, meter)
        names[name] = etag
    known = source.name if REVISION.fullmatch(source.name) else _revision(names)
    return Adopted(known, names)


def _bring(path: Path, etag: str, name: str, store: Store, meter: Meter) -> None:
    size = path.stat().st_size
    meter.begin(name)
    blob = store.blob(etag)
    if blob.is_file() and hashes.matches(blob, etag, meter.pause(f"checking {name}")):
        return meter.add(size)
    partial = store.partial(etag)
    partial.unlink(missing_ok=True)
    try:
        os.link(path, partial)
        meter.add(size)
    except OSError:  # another disk, or one that knows no links
        _copy(path, partial, meter)
    store.keep(etag)


def _copy(path: Path, target: Path, meter: Meter) -> None:
    require_space(target.parent, path.stat().st_size)
    with path.open("rb", buffering=0) as source, target.open("wb", buffering=0) as out:
        while chunk := source.read(CHUNK):
            out.write(chunk)
            meter.add(len(chunk))


def _revision(names: dict[str, str]) -> str:
    """A name for files that have no revision of the hub's: the same for the same content."""
    text = "\n".join(f"{name} {etag}" for name, etag in sorted(names.items()))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
