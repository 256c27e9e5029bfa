"""The host's side of a request: the engine's reports go to the worker, the worker's wishes to the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sounds.engines.host.protocol import Message

Sentence = Callable[[Exception], str]


class Cancelled(Exception):
    """The worker wants this operation to end."""


class Watch:
    """One request for one or several sounds, told apart by their index.

    Parameters
    ----------
    send
        Brings a message to the worker.
    number
        The request's.
    sentence
        Puts an exception into words for people.
    """

    def __init__(self, send: Callable[[Message], None], number: int, sentence: Sentence) -> None:
        self._send = send
        self.number = number
        self._sentence = sentence
        self._lock = threading.Lock()
        self._count: int | None = None
        self._unwanted: set[int] = set()
        self._settled: set[int] = set()
        self._stopped = False

    def expect(self, count: int) -> None:
        """Say how many sounds the request asks for."""
        with self._lock:
            self._count = count
            self._stop_if_useless()

    def cancel(self, index: int | None = None) -> None:
        """Do without one sound, or without all; called by the thread that listens."""
        with self._lock:
            if index is None:
                self._stopped = True
            else:
                self._unwanted.add(index)
                self._stop_if_useless()

    def wants(self, index: int) -> bool:
        """Whether anybody still wants that sound; raises `Cancelled` when nobody wants any."""
        if self._stopped:
            raise Cancelled
        return index not in self._unwanted

    def step(self, fraction: float, message: str) -> None:
        """Report about the whole request."""
        self.wants(0)  # raises when it was cancelled
        self._say("progress", fraction=fraction, message=message)

    def __call__(self, index: int, fraction: float, message: str) -> bool:
        wanted = self.wants(index)
        self._say("progress", index=index, fraction=fraction, message=message)
        return wanted

    def note(self, index: int, sentence: str) -> None:
        self._say("note", index=index, sentence=sentence)

    def made(self, index: int, result: dict[str, Any]) -> None:
        """Hand over a finished sound; it can no longer be cancelled."""
        self._settle(index)
        self._say("made", index=index, result=result)

    def failed(self, index: int, error: Exception) -> None:
        """Say why a sound cannot be made, while the others go on."""
        self._settle(index)
        self._say("failed", index=index, **self.error(error))

    def error(self, error: Exception) -> Message:
        """An exception as a message's content."""
        return {"errno": getattr(error, "errno", None), "sentence": self._sentence(error)}

    def _settle(self, index: int) -> None:
        with self._lock:
            self._settled.add(index)

    def _stop_if_useless(self) -> None:
        if self._count is not None and self._unwanted | self._settled >= set(range(self._count)):
            self._stopped = True

    def _say(self, type_: str, **content: Any) -> None:
        self._send({"type": type_, "id": self.number, **content})


class Part:
    """A stretch of the way: an engine's 0 … 1 becomes 0 … `most` of the whole."""

    def __init__(self, watch: Watch, most: float) -> None:
        self._watch = watch
        self._most = most

    def __call__(self, index: int, fraction: float, message: str) -> bool:
        return self._watch(index, self._most * fraction, message)

    def wants(self, index: int) -> bool:
        return self._watch.wants(index)

    def step(self, fraction: float, message: str) -> None:
        self._watch.step(self._most * fraction, message)

    def note(self, index: int, sentence: str) -> None:
        self._watch.note(index, sentence)
