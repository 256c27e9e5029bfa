"""The worker's side of a request: what the host tells about each sound, and what is still wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Listener:
    """Hears what happens to the sounds of one request, told apart by their index; does nothing by itself.

    Whatever one of its methods raises stops the whole request in the host and comes through.
    """

    deadline: float | None = None
    """On `time.monotonic`; a host that is not done by then is taken to hang and is ended. It may move."""

    def progress(self, index: int | None, fraction: float, message: str) -> None:
        """How far a sound is (0 … 1), or all of them where the index is None."""

    def note(self, index: int, sentence: str) -> None:
        """Something a person may want to know about how the sound was made."""

    def made(self, index: int, result: dict[str, Any]) -> None:
        """A sound is finished."""

    def failed(self, index: int, error: Exception) -> None:
        """A sound cannot be made."""

    def check(self) -> None:
        """Called a few times a second."""

    def unwanted(self) -> Iterable[int]:
        """Sounds that nobody wants any more since the last call."""
        return ()


class Simple(Listener):
    """A listener of functions, for requests that are one thing."""

    def __init__(
        self,
        deadline: float | None,
        progress: Callable[[float, str], None] | None,
        check: Callable[[], None] | None,
    ) -> None:
        self.deadline = deadline
        self._progress = progress
        self._check = check

    def progress(self, index: int | None, fraction: float, message: str) -> None:
        if self._progress:
            self._progress(fraction, message)

    def check(self) -> None:
        if self._check:
            self._check()
