"""A person at a terminal: a process on a pseudo-terminal, read and written to."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import sys
from collections.abc import Mapping

from tests.support.studio import ROOT


class Terminal:
    """A Python process that takes this for its terminal; use it as a context manager."""

    def __init__(self, *command: str, environment: Mapping[str, str]) -> None:
        self.seen = ""
        self._code: int | None = None
        self._pid, self._end = pty.fork()
        if self._pid == 0:
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, *command], {**environment, "COLUMNS": "100"})

    def read_until(self, words: str) -> None:
        """Read on until `words` have come."""
        while words not in self.seen:
            try:
                self.seen += os.read(self._end, 4096).decode(errors="replace")
            except OSError:  # the process has ended
                raise AssertionError(f"“{words}” never came:\n{self.seen}") from None

    def write(self, text: str) -> None:
        os.write(self._end, text.encode())

    def ended(self) -> int:
        """The exit code, once the process has ended."""
        if self._code is None:
            with contextlib.suppress(OSError):
                while piece := os.read(self._end, 4096):
                    self.seen += piece.decode(errors="replace")
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._end)
