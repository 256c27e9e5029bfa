"""Requests that wait for what they asked for: a few at a time, so that the others find the server free."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextvars import ContextVar

from django.db import DatabaseError, connection, connections

from jobs.models import Batch, Job
from jobs.watch import EVENTS, wait_for_commit

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 32
LONGEST_S = 60.0


class Visitor:
    """Whoever is being answered, as the web server knows him; this one is known to nobody."""

    def step_aside(self) -> None:
        """Let others in, as what comes now is long, or waiting."""

    def when_gone(self, verb: Callable[[], object]) -> None:
        """Have `verb` called when he goes away before he is answered."""


visitor: ContextVar[Visitor] = ContextVar("visitor", default=Visitor())  # noqa: B039  (it holds nothing)

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def wait(batch: Batch, seconds: float) -> bool:
    """Wait until all jobs of a batch have ended; whether they have.

    Returns at once for 0 seconds, when too many requests wait already, and when the visitor goes away.
    """
    if seconds <= 0 or not _places.acquire(blocking=False):
        return not batch.jobs.unfinished().exists()
    try:
        visitor.get().step_aside()
        return _lookout.wait(batch, min(seconds, LONGEST_S))
    finally:
        _places.release()


class Lookout:
    """Looks at the database for all who wait, in one thread that is there only as long as anybody does.

    Thirty-two threads that each look would keep Python busy, and requests from being answered.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bells: dict[int, list[threading.Event]] = defaultdict(list)
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def wait(self, batch: Batch, seconds: float) -> bool:
        """Whether the batch ended within so many seconds."""
        bell = threading.Event()
        with self._lock:
            self._bells[batch.pk].append(bell)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="lookout", daemon=True)
                self._thread.start()
        self._news.set()
        visitor.get().when_gone(bell.set)
        bell.wait(seconds)
        self._forget(batch.pk, bell)
        return not batch.jobs.unfinished().exists()

    def _forget(self, pk: int, bell: threading.Event) -> None:
        """Nobody waits for this bell any more, whether it rang or not."""
        with self._lock:
            bells = self._bells.get(pk, [])
            if bell in bells:
                bells.remove(bell)
                if not bells:
                    del self._bells[pk]
        self._news.set()

    def _look(self) -> None:
        version: int | None = None
        try:
            while waiting := self._who_waits():
                try:
                    for pk in waiting - _unfinished(waiting):
                        self._ring(pk)
                    version = self._until_something_happens(version)
                except DatabaseError:  # everybody is asked to come back later, but none at once
                    logger.exception("Nobody can look for the jobs that requests wait for; it is tried again")
                    time.sleep(1)
        finally:
            connections.close_all()

    def _who_waits(self) -> set[int]:
        self._news.clear()  # first: who comes from now on is noticed
        with self._lock:
            if not self._bells:
                self._thread = None
            return set(self._bells)

    def _ring(self, pk: int) -> None:
        with self._lock:
            for bell in self._bells.pop(pk, []):
                bell.set()

    def _until_something_happens(self, version: int | None) -> int | None:
        return wait_for_commit(connection, version, time.monotonic() + 1, self._news.wait, channel=EVENTS)


def _unfinished(batches: set[int]) -> set[int]:
    """Those of the batches that have jobs which have not ended."""
    unfinished = Job.objects.unfinished().filter(batch__in=batches).order_by()
    return set(unfinished.values_list("batch", flat=True))


_lookout = Lookout()
