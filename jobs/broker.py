"""The ORM broker, made to notice work at once without asking the database over and over."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connections
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from jobs import tasks
from jobs.reminder import Reminder
from jobs.watch import WAKE_UPS, wait_for_commit

logger = logging.getLogger(__name__)

RETURN_AFTER_S = 1.0
"""The pusher looks for a wish to stop only between two calls."""
FREE = datetime(2000, 1, 1, tzinfo=UTC)
"""When a wake-up was last held by anybody: long ago, for who takes it may have another clock."""


class Reminding:
    """Has a broker's pusher wake a worker of its own where a wake-up got lost, or went to another machine."""

    _reminder: Reminder | None = None

    def reminded(self) -> list[tuple[None, str]]:
        """A wake-up that no broker carries, if one is needed."""
        self._reminder = self._reminder or Reminder()
        if not self._reminder.look():
            return []
        pocket = Pocket()
        tasks.wake(pocket)
        return [(None, pocket.task)]

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """Nobody reads what django-q2 would tell once a second; see `jobs.presence`."""


class Pocket:
    """A broker that keeps the one task it is given."""

    list_key = "pocket"
    task = ""

    def enqueue(self, task: str) -> None:
        self.task = task


class WatchingBroker(Reminding, ORM):
    """Waits until somebody else commits to the database before it looks for a task."""

    _version: int | None = None
    _is_well = True

    def enqueue(self, task: str) -> int:
        return self.get_connection().create(key=self.list_key, payload=task, lock=FREE).pk

    def dequeue(self) -> Any:
        try:
            found = self._dequeue()
        except DatabaseError as error:
            if self._is_well:
                logger.error("The database does not answer the queue, which goes on when it does: %s", error)
            self._is_well, self._version = False, None
            connections[Conf.ORM].close()
            time.sleep(RETURN_AFTER_S)
            return None
        self._is_well = True
        return found

    def _dequeue(self) -> Any:
        until = time.monotonic() + RETURN_AFTER_S
        version = wait_for_commit(connections[Conf.ORM], self._version, until, channel=WAKE_UPS)
        if reminded := self.reminded():  # here too: somebody who writes all the time must not keep us from it
            return reminded
        if version == self._version:
            return None
        found = super().dequeue()
        if not found:
            self._version = version
        return found
