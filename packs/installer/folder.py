"""A pack's folder at its player's place: whole there, or not there."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from .config_file import sync_folder
from .errors import InstallError
from .places import shown_path
from .receipt import RECEIPT, Receipt, sha256

YOURS = ".yours"
"""What follows the name of a file that a person changed when an update brings another."""


@dataclass(frozen=True)
class Found:
    """What lies at a pack's place already."""

    receipt: Receipt | None = None
    ours: Sequence[str] = ()
    """Files as the receipt says they were written."""
    others: Sequence[str] = ()
    """Files that people added or changed."""
    is_there: bool = False


@dataclass(frozen=True)
class Placing:
    """A folder to be put in its place."""

    target: Path
    files: Mapping[str, bytes]
    kept: Mapping[str, str] = field(default_factory=dict)
    """Files of people's: name in the new folder to name in the old one."""
    aside: Path | None = None
    """Where to a folder goes that no installer put there."""


def look(target: Path, receipt: Receipt | None) -> Found:
    """What a folder holds, by its receipt; raises `InstallError` for a link or a file in its place."""
    _refuse_obstacle(target)
    try:
        status = target.lstat()
    except FileNotFoundError:
        return Found()
    if not stat.S_ISDIR(status.st_mode):
        raise InstallError(f"{shown_path(target)} is a link or a file, not a folder; move it away first.")
    stated = receipt.files if receipt else {}
    ours: list[str] = []
    others: list[str] = []
    for name in _names(target):
        if name != RECEIPT or receipt is None:
            (ours if _is_as_written(target / name, stated.get(name)) else others).append(name)
    return Found(receipt, ours, others, is_there=True)


def _refuse_obstacle(target: Path) -> None:
    """Refuse a file, or a link to nothing, where one of the folders above has to be."""
    nearest = next(folder for folder in target.parents if os.path.lexists(folder))
    if not nearest.is_dir():
        raise InstallError(f"{shown_path(nearest)} is no folder, nor a link to one; move it away first.")


def _names(target: Path) -> list[str]:
    """Every file in a folder, links as well."""
    names = []
    for folder, folders, files in os.walk(target, onerror=_refuse_unreadable):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        names += [Path(folder, name).relative_to(target).as_posix() for name in (*files, *links)]
    return sorted(names)


def _refuse_unreadable(error: OSError) -> None:
    """Refuse a folder whose files cannot be told, and so not be kept."""
    raise InstallError(f"{shown_path(Path(error.filename))} cannot be read ({error.strerror}).") from error


def _is_as_written(path: Path, digest: str | None) -> bool:
    return digest is not None and not path.is_symlink() and _digest(path) == digest


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""  # a link to nothing, or a pipe, which would keep us waiting
    try:
        return sha256(path.read_bytes())
    except OSError as error:
        raise InstallError(f"{shown_path(path)} cannot be read ({error.strerror}).") from error


def to_keep(found: Found, target: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """New name to old name of the files of people's that an update carries over."""
    # A link that stands for a folder of the pack is in its way too, and would lead its files elsewhere.
    taken = {*files, *(folder.as_posix() for name in files for folder in Path(name).parents)}
    kept = {name: name for name in found.others if name not in taken}
    for name in found.others:
        if name in taken and (name not in files or _digest(target / name) != sha256(files[name])):
            free = name + YOURS
            while free in kept or free in taken:
                free += YOURS
            kept[free] = name
    return kept


def aside_of(target: Path) -> Path:
    """A free hidden name beside a folder, which players do not list."""
    stem = f".{target.name}.backup-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}"
    number = 1
    while os.path.lexists(target.with_name(stem if number == 1 else f"{stem}-{number}")):
        number += 1
    return target.with_name(stem if number == 1 else f"{stem}-{number}")


def missing_folders(target: Path) -> list[str]:
    """The folders above one that are still to be made, the innermost first."""
    return [str(folder) for folder in target.parents if not os.path.lexists(folder)]


def holds(target: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a folder has all these files, byte by byte."""
    return all((target / name).is_file() and (target / name).read_bytes() == files[name] for name in files)


@contextmanager
def placed(placing: Placing) -> Iterator[None]:
    """Have the folder in its place, and back as it was when what comes next fails.

    It is written beside its place and moved there whole. Raises `InstallError` when that cannot be done.
    """
    target, staged = placing.target, _beside(placing.target, "new")
    old = placing.aside or _beside(target, "old")
    made = missing_folders(target)
    with _in_words(target, "it is as it was"):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _stage(placing, staged)
            was_there = os.path.lexists(target)
            _swap(staged, target, old if was_there else None)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            _remove_empty(made)
            raise
    try:
        yield
    except BaseException:
        os.rename(target, staged)
        if was_there:
            os.rename(old, target)
        shutil.rmtree(staged, ignore_errors=True)
        _remove_empty(made)
        raise
    if was_there and not placing.aside:
        shutil.rmtree(old, ignore_errors=True)


def _stage(placing: Placing, staged: Path) -> None:
    staged.mkdir()
    for name, old_name in placing.kept.items():
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(placing.target / old_name, path, follow_symlinks=False)
    for name, data in placing.files.items():
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _swap(staged: Path, target: Path, old: Path | None) -> None:
    if old:
        os.rename(target, old)
    try:
        os.rename(staged, target)
    except BaseException:
        if old:
            os.rename(old, target)
        raise
    sync_folder(target.parent)


def settle(target: Path) -> None:
    """Clear up after an installer that was killed: what it had moved away comes back, the rest goes."""
    old = _beside(target, "old")
    with _in_words(target, "clear up beside it by hand"):
        if old.is_dir() and not os.path.lexists(target):
            os.rename(old, target)
        for leftover in (old, _beside(target, "new"), _beside(target, "gone")):
            if leftover.is_dir():
                shutil.rmtree(leftover)


def take_out(target: Path, found: Found, folders: Sequence[str]) -> None:
    """Remove what was put in: the whole folder at once, or file by file where others' files stay in it."""
    with _in_words(target, "take out the rest by hand"):
        if not found.others:
            gone = _beside(target, "gone")
            os.rename(target, gone)
            shutil.rmtree(gone)
        else:
            for name in (*found.ours, RECEIPT):
                (target / name).unlink()
            _remove_empty_below(target)
        _remove_empty([name for name in folders if Path(name) in target.parents])


def _remove_empty_below(target: Path) -> None:
    for folder, _, _ in os.walk(target, topdown=False):
        with contextlib.suppress(OSError):  # it holds something
            os.rmdir(folder)


def _remove_empty(folders: Sequence[str]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


@contextmanager
def _in_words(target: Path, then: str) -> Iterator[None]:
    try:
        yield
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or "not everything could be copied"
        raise InstallError(f"{shown_path(target)} cannot be written ({reason}); {then}.") from error
