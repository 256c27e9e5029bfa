"""Installing a model, step by step; runs in the child process only."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.presence import Presence
from sounds.engines.stable_audio import files
from sounds.engines.stable_audio.files import ModelFiles, Repository, folder_name
from sounds.weights import hashes
from sounds.weights.adopt import adopt, short_name, size_of, source_of
from sounds.weights.catalogue import Model
from sounds.weights.errors import WeightsError
from sounds.weights.meter import Meter, Tell
from sounds.weights.sizes import require_space
from sounds.weights.store import Store

if TYPE_CHECKING:
    from sounds.weights.hub import RemoteFile

WAIT_S = 5.0
"""The process of a worker that was lost may take a moment to leave."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A repository whose files are all in its store, but not yet to be seen."""

    store: Store
    revision: str
    folder: Path


def install(model: Model, source: Path | None, tell: Tell) -> dict[str, Any]:
    """Have every file of `model`, checked; returns what is where. Raises `WeightsError`."""
    model.require_packages()
    cache = files.model_cache()
    meter = Meter(tell)
    with _alone(cache):
        needed = _needed(model, meter)
        if needed:
            _bring(model, needed, source, cache, meter)
        folders = {one: _there(one) for one in model.repositories}
    return {
        "model": model.engine,
        "already": not needed,
        "folders": {one.ids[0]: str(folder) for one, folder in folders.items()},
        "bytes": sum(size_of(one, folder) for one, folder in folders.items()),
    }


@contextlib.contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """No two installations write into the same cache at once."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        presence = _presence(cache)
    except OSError as error:
        raise WeightsError(f"MODEL_CACHE_DIR: {cache} cannot be written ({error.strerror}).") from error
    try:
        yield
    finally:
        presence.close()


def _presence(cache: Path) -> Presence:
    until = time.monotonic() + WAIT_S
    while True:
        try:
            return Presence(cache, "install")
        except FileExistsError as busy:
            if time.monotonic() > until:
                raise WeightsError(
                    f"Another installation into {cache} is running; wait until it has ended."
                ) from busy
            time.sleep(0.1)


def _needed(model: Model, meter: Meter) -> list[Repository]:
    """Repositories that lie nowhere, or are damaged where they lie."""
    meter.say("checking the installed files")
    _remove_damaged(model, meter)
    if missing := model.missing():
        return missing
    try:
        _check({one: _there(one) for one in model.repositories}, model)
    except WeightsError:
        # Files of others are left as they are: a copy of our own will be found first.
        others = [one for one in model.repositories if not files.snapshot_in(files.model_cache(), one)]
        if not others:
            raise
        return others
    return []


def _remove_damaged(model: Model, meter: Meter) -> None:
    """Remove those files in our cache whose content is not what their name says."""
    for repository in model.repositories:
        folder = files.snapshot_in(files.model_cache(), repository)
        each = meter.pause(f"looking for damage in {repository.title}")
        for blob in [(folder / name).resolve() for name in repository.files] if folder else []:
            if not hashes.matches(blob, blob.name, each):
                blob.unlink()


def _bring(model: Model, needed: list[Repository], source: Path | None, cache: Path, meter: Meter) -> None:
    """Load what is nowhere at hand, check everything where it lies, adopt the rest, then let it be seen."""
    sources = {one: found for one in needed if source and (found := source_of(one, source))}
    if source and model.repositories[0] in set(needed) - set(sources):
        raise WeightsError(_not_in(source, model.repositories[0]))
    meter.total = sum(size_of(one, path) for one, path in sources.items())
    staged = _load([one for one in needed if one not in sources], source, cache, meter)
    there = {one: _there(one) for one in model.repositories if one not in needed}
    meter.say("checking that the model is whole")
    _check({**there, **sources, **{one: done.folder for one, done in staged.items()}}, model)
    for repository, path in sources.items():
        store = Store(cache, repository.ids[0])
        adopted = adopt(repository, path, store, meter)
        staged[repository] = Staged(store, adopted.revision, store.stage(adopted.revision, adopted.names))
    for done in staged.values():
        done.store.publish(done.revision)


def _load(
    repositories: list[Repository], source: Path | None, cache: Path, meter: Meter
) -> dict[Repository, Staged]:
    if not repositories:
        return {}
    try:
        remote = _look_up(repositories)
    except WeightsError as error:
        if source is None:
            raise
        first = repositories[0]
        needs = f"{source} has no {short_name(first.ids[0])}/ with {', '.join(first.files)}"
        raise WeightsError(f"{needs}, and it cannot be loaded: {error}") from error
    meter.total += sum(file.size for found in remote.values() for file in found)
    return _download(remote, cache, meter)


def _look_up(repositories: list[Repository]) -> dict[Repository, list[RemoteFile]]:
    """Ask for every file before a byte is loaded: a refusal comes now, or never."""
    from sounds.weights import hub

    return {one: hub.look_up(one) for one in repositories}


def _download(
    remote: dict[Repository, list[RemoteFile]], cache: Path, meter: Meter
) -> dict[Repository, Staged]:
    from sounds.weights.download import download, loaded

    work = [(file, Store(cache, one.ids[0])) for one, found in remote.items() for file in found]
    meter.done = sum(loaded(file, store) for file, store in work)
    require_space(cache, sum(file.size for file, _ in work) - meter.done)
    for file, store in work:
        download(file, store, meter)
    staged = {}
    for repository, found in remote.items():
        store = Store(cache, repository.ids[0])
        folder = store.stage(found[0].revision, {file.name: file.etag for file in found})
        staged[repository] = Staged(store, found[0].revision, folder)
    return staged


def _check(folders: Mapping[Repository, Path], model: Model) -> None:
    """Raise `WeightsError` unless every tensor is there in the shape that the config wants."""
    from sounds.engines.stable_audio.check import check

    try:
        check(ModelFiles.of(*(folders[one] for one in model.repositories)))
    except ValueError as error:
        reason = str(error).partition("; run: ")[0]  # this is what it says to run
        places = " and ".join(str(folder) for folder in folders.values())
        raise WeightsError(f"{reason}. The files lie in {places}.") from error


def _there(repository: Repository) -> Path:
    folder = files.snapshot(repository)
    assert folder is not None
    return folder


def _not_in(source: Path, repository: Repository) -> str:
    if source.is_file():
        return f"{source} is a file; name the folder that it lies in."
    if not source.is_dir():
        return f"There is no folder {source}."
    lacking = [name for name in repository.files if not (source / name).is_file()]
    return (
        f"{source} has no {' and no '.join(lacking)}; it must hold {' and '.join(repository.files)}, "
        f"or be a cache of the hub's library with {folder_name(repository.ids[0])}/ in it."
    )
