"""Write a file so that a reader sees the old one or the new one, never half of it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path` through a temporary name in the same folder, on the disk itself.

    A power cut later leaves the whole file, if `confirm` was called for its folder, or none.

    Raises
    ------
    OSError
        As the system says it (disk full, folder missing …); nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def confirm(folder: Path) -> None:
    """Have the disk remember the names in a folder, and the folder's own: for rows that rely on its files."""
    for place in (folder, folder.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
