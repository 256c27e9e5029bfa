"""Holding clean-up back while somebody reads the files that it would remove.

A lock that the kernel drops with its process: kill -9 leaves none behind.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

FILE = "files.lock"
"""In `settings.RUN_DIR`. It stays there, empty: removing it would take it from those who wait for it."""


class Held(Exception):
    """Clean-up cannot begin now; the message says why, and what to do."""


@contextmanager
def cleanup_held() -> Iterator[None]:
    """Have nothing cleaned up meanwhile; several may do so at once.

    Waits for a clean-up that runs already.
    """
    with _file() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def cleaning() -> Iterator[None]:
    """Be the one that cleans up; raises `Held` at once when there is another, or somebody holds it back."""
    with _file() as file:
        if not _locked(file, fcntl.LOCK_EX):
            # Readers let other readers in, another clean-up does not.
            read = _locked(file, fcntl.LOCK_SH)
            raise Held(
                "A backup is running and reads the files; clean-up waits for it: run it again later."
                if read
                else "Another clean-up is running; there is nothing to do but to let it end."
            )
        yield


def _file() -> IO[bytes]:
    settings.RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (settings.RUN_DIR / FILE).open("ab")


def _locked(file: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
