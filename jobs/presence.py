"""Who is alive on this machine, told by locked files.

The kernel drops a lock the moment its process is gone, kill -9 and power cuts included, and never
mistakes a recycled process id for the process that had it before.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

SUFFIX = ".lock"


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
        while True:
            file = self.path.open("a+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                raise FileExistsError(f"Another living process holds {self.path}.") from None
            if _is_at(file, self.path):
                return file
            file.close()  # a sweep removed the file between our opening and locking it

    def write(self, text: str) -> None:
        """Leave a note in the file, such as a state others may read."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()

    def close(self) -> None:
        self.path.unlink(missing_ok=True)
        self._file.close()


def is_present(folder: Path, name: str) -> bool:
    """Whether a living process holds `name`; the file of a dead one is removed on the way."""
    path = folder / f"{name}{SUFFIX}"
    try:
        file = path.open("r+")
    except OSError:
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
            yield name, path.read_text()


def _is_at(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
