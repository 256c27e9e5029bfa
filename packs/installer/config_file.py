"""A config of somebody's: read strictly, backed up, written in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .errors import ChangedMeanwhile, InstallError
from .places import shown_path
from .strict_json import dump, parse

LARGEST_CONFIG_BYTES = 5_000_000

_TEMPORARY = ".ccbell-tmp"


@dataclass(frozen=True)
class ConfigChange:
    """What a config held when it was looked at, and what it is to hold; ``None`` for no file."""

    path: Path
    before: bytes | None
    after: bytes | None

    @property
    def is_one(self) -> bool:
        return self.before != self.after


def read(path: Path) -> bytes | None:
    """The bytes of a config, ``None`` where there is none; raises `InstallError` where it cannot be read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InstallError(f"{shown_path(path)} is no file; move away what is there.")
        if status.st_size > LARGEST_CONFIG_BYTES:
            raise InstallError(
                f"{shown_path(path)} is larger than {LARGEST_CONFIG_BYTES:,} bytes, which no config should "
                "be; move it away first."
            )
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InstallError(f"{shown_path(path)} cannot be read ({error.strerror}).") from error


def document_of(path: Path, data: bytes | None) -> dict[str, Any]:
    """The object in a config's bytes; raises `InstallError` where there is none to be had."""
    if data is None:
        return {}
    try:
        document = parse(data)
    except ValueError as error:
        raise InstallError(f"{shown_path(path)} is left as it is: {error}. Mend it first.") from error
    if not isinstance(document, dict):
        raise InstallError(f"{shown_path(path)} is left as it is: it holds no JSON object. Mend it first.")
    return document


def changed(before: bytes | None, document: dict[str, Any]) -> bytes:
    """The bytes of a document as it is to be: those of before where it says the same."""
    if before is not None and parse(before) == document:
        return before
    return dump(document, before or b"")


def write(change: ConfigChange) -> Path | None:
    """Make a change, whole or not at all, and give the backup of what was there before.

    Links are followed, the file keeps its permissions, and nothing is written where nothing changes.

    Raises
    ------
    ChangedMeanwhile
        When the config is no longer what the change started from; it is left alone then.
    InstallError
        When it cannot be written; it is as it was then.
    """
    if not change.is_one:
        return None
    try:
        return _write(change)
    except OSError as error:
        raise InstallError(
            f"{shown_path(change.path)} cannot be written ({error.strerror}); it is as it was."
        ) from error


def _write(change: ConfigChange) -> Path | None:
    real = Path(os.path.realpath(change.path))
    real.parent.mkdir(parents=True, exist_ok=True)
    if change.before is not None and not os.access(real, os.W_OK):  # a folder's owner could all the same
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    for stale in real.parent.glob(f".{real.name}.*{_TEMPORARY}"):  # of one who was killed
        stale.unlink()
    temporary = real.with_name(f".{real.name}.{secrets.token_hex(6)}{_TEMPORARY}")
    backup = None
    try:
        if change.after is not None:
            _put(temporary, change.after, like=real)
        if change.before is not None:
            backup = _back_up(change.path, change.before, like=real)
        if read(change.path) != change.before:
            raise ChangedMeanwhile
        if change.after is not None:
            os.replace(temporary, real)
        else:
            real.unlink()
    except BaseException:
        for made in (temporary, backup):
            if made is not None:
                with contextlib.suppress(OSError):
                    made.unlink()
        raise
    sync_folder(real.parent)
    return backup


def _back_up(path: Path, data: bytes, *, like: Path) -> Path:
    """Keep the old bytes beside the config, under a name that nothing has yet."""
    stem = f"{path.name}.backup-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}"
    number = 1
    while True:
        backup = path.with_name(stem if number == 1 else f"{stem}-{number}")
        try:
            _put(backup, data, like=like)
        except FileExistsError:
            number += 1
        else:
            return backup


def _put(path: Path, data: bytes, *, like: Path) -> None:
    """Write a new file to the disk, with the permissions and the owner of another."""
    with path.open("xb") as file:
        try:
            _resemble(path, like)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise


def _resemble(path: Path, like: Path) -> None:
    try:
        status = like.stat()
    except FileNotFoundError:
        return
    os.chmod(path, stat.S_IMODE(status.st_mode))
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(path, status.st_uid, status.st_gid)


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder survive a power cut, where the system knows how."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
