"""The ORM broker, made to notice work at once without asking the database over and over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connections
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from jobs.reminder import Reminder

LOOK_EVERY_S = 0.016
RETURN_AFTER_S = 1.0
"""The pusher looks for a wish to stop only between two calls."""


class WatchingBroker(ORM):
    """Waits on SQLite's `PRAGMA data_version`, a counter that any other connection's commit moves.

    Reading it touches no table, so sixty looks a second cost about 1 % of a core.
    """

    _version: int | None = None
    _reminder: Reminder | None = None

    def dequeue(self) -> Any:
        until = time.monotonic() + RETURN_AFTER_S
        version = self._look()()
        if version == self._version:
            version = self._wait_for_change(until)
            if version == self._version:
                self._remind()
                return None
        self._remind()  # here too: somebody who writes all the time must not keep us from it
        tasks = super().dequeue()
        if not tasks:
            self._version = version
        return tasks

    def _wait_for_change(self, until: float) -> int:
        look = self._look()
        while (version := look()) == self._version and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        return version

    def _look(self) -> Callable[[], int]:
        connection = connections[Conf.ORM]
        connection.ensure_connection()
        # The driver itself: Django's cursor costs several times as much, and this runs all the time.
        execute = connection.connection.execute
        return lambda: execute("PRAGMA data_version").fetchone()[0]

    def _remind(self) -> None:
        self._reminder = self._reminder or Reminder()
        if self._reminder.look():
            self._version = None  # a connection does not see its own commits in data_version
