"""How a render host is asked to leave: by a pipe that lies beside its lock.

A signal would need the host's process id, which in another container is somebody else's.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from jobs.presence import SUFFIX as LOCK

SUFFIX = ".bell"


def hang(lock: Path, rung: Callable[[], None]) -> None:
    """Call `rung`, in a thread of its own, whenever somebody rings for the holder of this lock."""
    path = _beside(lock)
    try:
        _take_down_forsaken(path.parent)
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        # Open for both, so that it neither waits for the first who rings nor ends with the last.
        pipe = os.open(path, os.O_RDWR)
    except OSError as error:  # such as on a disk that knows no pipes; only an early leave is lost
        print(f"{path} cannot be made ({error.strerror}); it leaves only when idle.", file=sys.stderr)
        return
    threading.Thread(target=_listen, args=(pipe, rung), name="bell", daemon=True).start()


def ring(lock: Path) -> bool:
    """Ask the holder of this lock to leave; whether somebody heard it."""
    try:
        pipe = os.open(_beside(lock), os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # nobody is there
        return False
    try:
        os.write(pipe, b"x")
    except OSError:  # rung so often that the pipe is full, or gone this very moment
        return False
    finally:
        os.close(pipe)
    return True


def take_down(lock: Path) -> None:
    """The holder leaves."""
    _beside(lock).unlink(missing_ok=True)


def _beside(lock: Path) -> Path:
    return lock.with_name(lock.name.removesuffix(LOCK) + SUFFIX)


def _listen(pipe: int, rung: Callable[[], None]) -> None:
    while os.read(pipe, 64):
        rung()


def _take_down_forsaken(folder: Path) -> None:
    """Remove what killed holders left: their locks are gone, by whoever looked whether they live."""
    for path in folder.glob(f"*{SUFFIX}"):
        if not path.with_name(path.name.removesuffix(SUFFIX) + LOCK).exists():
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
