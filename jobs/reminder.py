"""Wake-ups can be lost with the process that held them: this looks for work that nobody does."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from jobs import reaper, tasks
from jobs.checkpoint import checkpoint
from jobs.models import Job

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
PATIENCE = timedelta(seconds=2)


class Reminder:
    """Looks every two seconds, between two turns of the broker."""

    def __init__(self) -> None:
        self._next_look = 0.0

    def look(self) -> bool:
        """Reap, then send a wake-up if a job could run and has waited too long; whether one was sent."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        try:
            checkpoint()
            if not (reaper.reap() or self._somebody_waits()):
                return False
            tasks.wake()
        except DatabaseError:  # a full disk, say: the queue must not stop for its reminder
            logger.exception("The queue could not be looked after")
            return False
        return True

    def _somebody_waits(self) -> bool:
        now = timezone.now()
        if tasks.is_waking():
            return False
        return Job.objects.claimable().filter(created_at__lt=now - PATIENCE).exists()
