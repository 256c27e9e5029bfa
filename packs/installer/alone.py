"""One installer at a time in a home folder."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InstallError
from .places import shown_path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LONGEST_WAIT_S = 20.0

_POLL_S = 0.02


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the home folder's lock, which ends with the process and leaves no file behind.

    Where folders cannot be locked (Windows, some network drives) this does nothing: configs are compared
    before they are replaced in any case. Raises `InstallError` when another installer does not finish.
    """
    if fcntl is None:
        yield
        return
    try:
        handle = os.open(home, os.O_RDONLY)
    except OSError as error:
        raise InstallError(f"{shown_path(home)} cannot be opened ({error.strerror}).") from error
    try:
        _wait_for(handle, home)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, home: Path) -> None:
    until = time.monotonic() + LONGEST_WAIT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                return
            if time.monotonic() > until:
                raise InstallError(
                    f"Another installer is at work in {shown_path(home)}; try again when it is done."
                ) from error
            time.sleep(_POLL_S)
        else:
            return
