"""How far an installation is, told several times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

Tell = Callable[[float, str], None]
"""``tell(fraction, message)``"""

EVERY_S = 0.1


class Meter:
    """Counts the bytes of all files together."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told_at = 0.0
        self._file = ""
        self.done = 0
        self.total = 0

    def begin(self, file: str) -> None:
        """From here on the bytes are those of `file`."""
        self._file = file
        self.say(self._message())

    def add(self, count: int) -> None:
        """So many bytes more; fewer, when something begins anew."""
        self.done += count
        self._sometimes(self._message())

    def pause(self, message: str) -> Callable[[object], None]:
        """Say that something else goes on; what is returned is to be called now and then meanwhile."""
        self.say(message)
        return lambda _: self._sometimes(message)

    def say(self, message: str) -> None:
        """Tell it at once."""
        self._told_at = time.monotonic()
        self._tell(min(self.done / self.total, 1.0) if self.total else 0.0, message)

    def _sometimes(self, message: str) -> None:
        if time.monotonic() - self._told_at >= EVERY_S:
            self.say(message)

    def _message(self) -> str:
        unit, name = (1e9, "GB") if self.total >= 1e9 else (1e6, "MB")
        return f"{self._file}: {self.done / unit:.2f} of {self.total / unit:.2f} {name}"
