"""The ORM broker, made to notice work at once without asking the database over and over."""

from __future__ import annotations

import time
from typing import Any

from django.db import connections
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from jobs.reminder import Reminder
from jobs.watch import wait_for_commit

RETURN_AFTER_S = 1.0
"""The pusher looks for a wish to stop only between two calls."""


class WatchingBroker(ORM):
    """Waits until somebody else commits to the database before it looks for a task."""

    _version: int | None = None
    _reminder: Reminder | None = None

    def dequeue(self) -> Any:
        until = time.monotonic() + RETURN_AFTER_S
        version = wait_for_commit(connections[Conf.ORM], self._version, until)
        if version == self._version:
            self._remind()
            return None
        self._remind()  # here too: somebody who writes all the time must not keep us from it
        tasks = super().dequeue()
        if not tasks:
            self._version = version
        return tasks

    def _remind(self) -> None:
        self._reminder = self._reminder or Reminder()
        if self._reminder.look():
            self._version = None  # a connection does not see its own commits in data_version
