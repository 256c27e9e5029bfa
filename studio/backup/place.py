"""Where a backup goes: under a name of its own, where there is room, and never half."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from studio.backup.errors import BackupError

OURS = re.compile(r"ccbell-backup-\d{8}-\d{6}\.zip")
PARTIAL = ".partial"
SPARE_BYTES = 50_000_000
"""To be left free for those who go on writing."""


def default_folder() -> Path:
    return settings.DATA_DIR / "backups"


def place_for(target: Path | None, moment: datetime) -> Path:
    """The file to write: `target`, or in that folder or the default one a name that tells the moment.

    Raises
    ------
    BackupError
        When the folder is missing or lies among the files that are backed up, or the file is there already.
    """
    if target is None:
        target = default_folder()
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = target / f"ccbell-backup-{moment.astimezone(UTC):%Y%m%d-%H%M%S}.zip" if target.is_dir() else target
    if path == target and path.suffix.lower() != ".zip":
        raise BackupError(
            f"There is no folder {target}; make it, or is its disk not there? A file's name ends with .zip."
        )
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}; make it, or is its disk not there?")
    if path.resolve().is_relative_to(settings.AUDIO_OUTPUT_DIR.resolve()):
        raise BackupError(
            f"{path.parent} lies in the audio folder, which is backed up; name a folder outside of it."
        )
    if path.exists():
        raise BackupError(f"{path} is there already, and is not overwritten; name another file or a folder.")
    return path


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A file that has its name, readable by its owner alone, only once the block is done with it.

    Raises
    ------
    BackupError
        When another process writes it now, or it cannot be written.
    """
    partial = path.with_name(path.name + PARTIAL)
    try:
        with open(partial, "r+b", opener=_private) as file:
            if not _is_ours(file):
                raise BackupError(f"Another backup is being written to {path}; let it end.")
            try:
                file.truncate(0)
                yield file
                file.flush()
                os.fsync(file.fileno())
                os.replace(partial, path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        sync_folder(path.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BackupError(
                f"The disk of {path.parent} is full, so there is no backup; make room or name another folder."
            ) from error
        raise BackupError(
            f"{path} cannot be written ({error.strerror}); name a folder that you may write to."
        ) from error


def sync_folder(folder: Path) -> None:
    """Have the disk remember the names in a folder, where its file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def refuse_full(needs: dict[Path, int], advice: str) -> None:
    """Raise `BackupError` unless the disks of these folders have room for so many bytes; `advice` ends it."""
    disks: dict[int, tuple[Path, int]] = {}
    for folder, count in needs.items():
        disk = folder.stat().st_dev
        disks[disk] = folder, disks.get(disk, (folder, 0))[1] + count
    for folder, count in disks.values():
        free = shutil.disk_usage(folder).free
        if free < count + SPARE_BYTES:
            room = f"{megabytes(free)} free, and {megabytes(count)} are needed"
            raise BackupError(f"The disk of {folder} has {room}; {advice}.")


def prune(newest: Path, keep: int) -> list[Path]:
    """Remove all but the `keep` latest backups beside `newest`, by the moment in their names; those removed.

    The newest stays whatever its name says: a clock that was wrong once names one after a time to come.
    """
    ours = (path for path in newest.parent.iterdir() if OURS.fullmatch(path.name) and path.is_file())
    others = sorted((path for path in ours if path != newest), reverse=True)
    old = others[keep - 1 :]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def sweep_partials(folder: Path) -> None:
    """Remove what a backup left that was killed while it wrote into this folder."""
    for path in folder.glob(f"*.zip{PARTIAL}"):
        if OURS.fullmatch(path.name.removesuffix(PARTIAL)):
            with contextlib.suppress(OSError), path.open("rb") as file:
                if _is_ours(file):
                    path.unlink(missing_ok=True)


def megabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o600)


def _is_ours(file: IO[bytes]) -> bool:
    """Whether nobody else writes this file; the kernel forgets who is dead."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:  # a share on the network that knows no locks
        if error.errno not in (errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS):
            raise
    return True
