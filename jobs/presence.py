"""Who is alive on this machine, told by locked files.

The kernel drops a lock the moment its process is gone, kill -9 and power cuts included, and never
mistakes a recycled process id for the process that had it before.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

SUFFIX = ".lock"
SWEEP_S = 0.1
"""A sweep holds the lock of a living name for less than that."""


class Presence:
    """A locked file `folder/name.lock` that says “I live” for as long as this process holds it.

    Raises `FileExistsError` when another living process holds the same name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.path = folder / f"{name}{SUFFIX}"
        self._file = self._lock()

    def _lock(self) -> IO[str]:
        until = time.monotonic() + SWEEP_S
        while True:
            file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                if time.monotonic() > until:
                    raise FileExistsError(f"Another living process holds {self.path}.") from None
                time.sleep(0.005)
                continue
            if _is_at(file, self.path):
                file.truncate(0)  # what a dead holder wrote is not about us
                return file
            file.close()  # a sweep removed the file between our opening and locking it

    def write(self, text: str) -> None:
        """Leave a note in the file, such as a state others may read."""
        data = text.encode()
        os.pwrite(self._file.fileno(), data, 0)
        os.ftruncate(self._file.fileno(), len(data))

    def close(self) -> None:
        self.path.unlink(missing_ok=True)
        self._file.close()


def is_present(folder: Path, name: str) -> bool:
    """Whether a living process holds `name`; the file of a dead one is removed on the way."""
    path = folder / f"{name}{SUFFIX}"
    try:
        file = path.open("r+")
    except FileNotFoundError:  # and nothing else: to be wrong here takes a job from a living worker
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        if _is_at(file, path):
            path.unlink(missing_ok=True)
        return False


def present(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and note of every living holder in `folder`."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        name = path.name.removesuffix(SUFFIX)
        if is_present(folder, name):
            with contextlib.suppress(FileNotFoundError):  # it left this very moment
                yield name, path.read_text()


def sweep(folder: Path) -> None:
    """Remove what dead holders left in `folder`."""
    for _ in present(folder):
        pass


def _is_at(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
