"""Saying that this machine is there, to the others that share the database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connections

from jobs.models import Machine

logger = logging.getLogger(__name__)

BEAT_EVERY_S = 5.0
GRACE_S = 12.0
"""After the database was away the others get two beats' time before anybody is struck off."""


class Heartbeat:
    """Beats where machines share the database, and strikes off those that no longer do."""

    def __init__(self) -> None:
        self._next_beat = 0.0
        self._since: float | None = None

    def beat(self) -> None:
        """Beat if it is time to; raises `DatabaseError`."""
        now = time.monotonic()
        if not settings.IS_SHARED or now < self._next_beat:
            return
        self._next_beat = now + BEAT_EVERY_S
        try:
            Machine.objects.beat()
        except DatabaseError:
            self._since = None
            raise
        self._since = self._since or now
        if now - self._since >= GRACE_S:
            for name in Machine.objects.strike_off():
                logger.warning("The machine %s is silent; its jobs are for the others.", name)


@contextmanager
def beating() -> Iterator[None]:
    """Beat beside what this process does: a command may be all that runs on its machine."""
    if not settings.IS_SHARED:
        yield
        return
    Machine.objects.beat()
    over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(over,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_until(over: threading.Event) -> None:
    try:
        while not over.wait(BEAT_EVERY_S):
            try:
                Machine.objects.beat()
            except DatabaseError as error:
                logger.warning("This machine cannot say that it is there: %s", error)
                connections.close_all()
    finally:
        connections.close_all()
