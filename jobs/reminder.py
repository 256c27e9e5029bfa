"""Wake-ups can be lost with the process that held them: this looks for work that nobody does."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from jobs import reaper, tasks
from jobs.checkpoint import checkpoint
from jobs.heartbeat import Heartbeat
from jobs.models import Job

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
PATIENCE = timedelta(seconds=2)


class Reminder:
    """Looks every two seconds, between two turns of the broker."""

    def __init__(self) -> None:
        self._next_look = 0.0
        self._heartbeat = Heartbeat()

    def look(self) -> bool:
        """Reap; whether a worker is to be woken, because a job could run and has waited too long."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        try:
            checkpoint()
            self._heartbeat.beat()
            return bool(reaper.reap()) or self._somebody_waits()
        except DatabaseError as error:  # a full disk, say: the queue must not stop for its reminder
            logger.warning("The queue could not be looked after: %s", error)
            return False

    def _somebody_waits(self) -> bool:
        now = timezone.now()
        if tasks.is_waking():
            return False
        return Job.objects.claimable().filter(created_at__lt=now - PATIENCE).exists()
