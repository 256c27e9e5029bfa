"""The one reader of events, for all clients."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, connections
from django.utils import timezone

from jobs.models import Event
from jobs.stream.message import Message, messages
from jobs.watch import EVENTS, wait_for_commit

logger = logging.getLogger(__name__)

PAGE = 250
TRY_AGAIN_AFTER_S = 1.0
OVERLAP = 100
"""Ids before the newest at which reading begins where they may not be committed in order."""
COMMITTED_WITHIN_S = 1.0
SURELY_COMMITTED = timedelta(minutes=1)
"""Clocks of machines are not further apart than that."""


class Reader(threading.Thread):
    """Hands new events to `deliver`, in order and each once, then rests for `rest_s()`.

    A thread with a database connection of its own, so that nobody who waits for the database keeps the
    event loop waiting.
    """

    def __init__(
        self, position: int, deliver: Callable[[Reader, list[Message]], None], rest_s: Callable[[], float]
    ) -> None:
        super().__init__(name="event-reader", daemon=True)
        self.position = position if in_order() else max(position - OVERLAP, 0)
        self._deliver = deliver
        self._rest_s = rest_s
        self._over = threading.Event()
        self._gaps: dict[int, float] = {}
        """Event to the moment when it was first seen that the one before it is missing."""

    def end(self) -> None:
        """Let it end soon; waits for nothing."""
        self._over.set()

    def run(self) -> None:
        healthy = True
        try:
            while not self._over.is_set():
                try:
                    self._read_on()
                    healthy = True
                except Exception:  # mostly the database; whatever it is, all streams depend on this thread
                    if healthy:
                        logger.exception("New events cannot be read; it is tried again")
                    healthy = False
                    connection.close()
                    self._over.wait(TRY_AGAIN_AFTER_S)
        finally:
            connections.close_all()

    def _read_on(self) -> None:
        version: int | None = None
        while not self._over.is_set():
            version = self._wait(version)
            while new := self._new():
                self.position = new[-1].pk
                self._deliver(self, new)
                if self._over.wait(self._rest_s()):
                    return

    def _wait(self, version: int | None) -> int | None:
        """Until there may be something new, or until a gap has been waited for."""
        until = min(self._gaps.values()) + COMMITTED_WITHIN_S if self._gaps else math.inf
        return wait_for_commit(connection, version, until, self._over.wait, channel=EVENTS)

    def _new(self) -> list[Message]:
        new = messages(Event.objects.filter(pk__gt=self.position), PAGE)
        if in_order():
            return new
        gaps = gaps_in(new, self.position, timezone.now())
        now = time.monotonic()
        self._gaps = {pk: self._gaps.get(pk, now) for pk in gaps}
        fresh = [pk for pk, since in self._gaps.items() if now - since < COMMITTED_WITHIN_S]
        return new[: gaps[fresh[0]]] if fresh else new


def in_order() -> bool:
    """Whether ids are committed in order: SQLite lets one writer in at a time."""
    return connection.vendor == "sqlite"


def gaps_in(new: list[Message], position: int, now: datetime) -> dict[int, int]:
    """Event before which another may still be committed, to its place in `new`: the one before is missing.

    Most gaps stay, for what was rolled back took its id along; those before old events surely do.
    """
    before = [position, *(message.pk for message in new)]
    return {
        message.pk: place
        for place, message in enumerate(new)
        if message.pk != before[place] + 1 and now - message.created_at < SURELY_COMMITTED
    }
