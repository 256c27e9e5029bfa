"""Put one studio in the place of another: all of it, even if the power goes in the middle.

Renaming takes several steps, so what is to be renamed is written down first. From then on there is no way
back, and whoever starts next goes on where it ended: see `finish_interrupted`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from studio.backup.errors import BackupError
from studio.backup.place import sync_folder

JOURNAL = "restoring.json"
"""In `settings.DATA_DIR`, from the first renaming until the last is done."""

Moves = list[tuple[Path, Path]]
"""From where to where, on one disk."""


def swap(aside: Moves, into: Moves, leftovers: list[Path]) -> None:
    """Rename what is put `aside`, then what comes `into` its place, and remove `leftovers`.

    Raises
    ------
    BackupError
        When a name cannot be changed; the next start tries again.
    """
    journal = settings.DATA_DIR / JOURNAL
    new = journal.with_suffix(".new")
    with _unstoppable(), new.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        leave = [str(path) for path in leftovers]
        json.dump({"aside": _as_text(aside), "into": _as_text(into), "leftovers": leave}, file)
        file.flush()
        os.fsync(file.fileno())
        os.replace(new, journal)
        sync_folder(settings.DATA_DIR)
        _finish(journal, aside, into, leftovers)


def finish_interrupted() -> None:
    """Do what is left of a swap that was cut off; waits for one that is under way.

    Raises
    ------
    BackupError
        When that cannot be done.
    """
    journal = settings.DATA_DIR / JOURNAL
    try:
        file = journal.open()
    except FileNotFoundError:
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(file, journal):
            said = json.load(file)
            leftovers = [Path(path) for path in said["leftovers"]]
            _finish(journal, _as_paths(said["aside"]), _as_paths(said["into"]), leftovers)


def is_begun() -> bool:
    """Whether something is left to be done."""
    return (settings.DATA_DIR / JOURNAL).exists()


def _finish(journal: Path, aside: Moves, into: Moves, leftovers: list[Path]) -> None:
    try:
        for source, target in aside:
            # Where something is at the target this was done before, and what is at the source is new.
            if os.path.lexists(source) and not os.path.lexists(target):
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source.rename(target)
        for source, target in into:
            if source.exists():
                source.rename(target)
        for folder in {path.parent for move in (*aside, *into) for path in move}:
            if folder.is_dir():
                sync_folder(folder)
        for folder in leftovers:
            shutil.rmtree(folder, ignore_errors=True)
        journal.unlink()
        sync_folder(journal.parent)
    except OSError as error:
        raise BackupError(
            f"The restore stopped half-way: {error.filename} cannot be renamed ({error.strerror}); put that "
            "right, and run the command again, which goes on from there."
        ) from error


@contextmanager
def _unstoppable() -> Iterator[None]:
    """Ctrl-C comes too late for what takes a moment and cannot be taken back."""
    wishes = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(wish, signal.SIG_IGN) for wish in wishes]
    try:
        yield
    finally:
        for wish, handler in zip(wishes, before, strict=True):
            signal.signal(wish, handler)


def _is_at(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _as_text(moves: Moves) -> list[list[str]]:
    return [[str(source), str(target)] for source, target in moves]


def _as_paths(moves: Iterable[Any]) -> Moves:
    return [(Path(source), Path(target)) for source, target in moves]
