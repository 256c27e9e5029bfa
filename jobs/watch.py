"""Noticing that somebody wrote to the database, without asking it over and over."""

from __future__ import annotations

import itertools
import math
import select
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper

LOOK_EVERY_S = 0.016
"""At SQLite's counter."""
ASK_EVERY_S = 0.2
"""Whether to go on, while PostgreSQL is listened to."""
WAKE_UPS, EVENTS = "studio_wake_ups", "studio_events"
"""Channels that triggers of PostgreSQL notify, see migration 0003."""

Sleep = Callable[[float], bool | None]


def wait_for_commit(
    connection: BaseDatabaseWrapper,
    known: int | None,
    until: float = math.inf,
    sleep: Sleep = time.sleep,
    *,
    channel: str = EVENTS,
) -> int:
    """A number that is another after each commit of others, as soon as it is not `known`, else what it is
    at `until`, or when `sleep` says by True that the wait is over.

    On PostgreSQL only commits that `channel` is for count, and a connection listens to one channel.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            return _wait_for_change(connection.connection, known, until, sleep)
        return _wait_for_notice(connection.connection, known, until, sleep, channel)


def _wait_for_change(driver: Any, known: int | None, until: float, sleep: Sleep) -> int:
    """SQLite's `PRAGMA data_version`, which any other connection's commit moves, but not one's own.

    Reading it touches no table, so sixty looks a second cost about 1 % of a core.
    """
    # The driver itself: Django's cursor costs several times as much, and this runs all the time.
    while (version := int(driver.execute("PRAGMA data_version").fetchone()[0])) == known:
        if time.monotonic() >= until or sleep(LOOK_EVERY_S):
            break
    return version


_numbers = itertools.count(1)
_heard: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
"""Connection to the number of the last notice; one that has just begun to listen may have missed some."""


def _wait_for_notice(driver: Any, known: int | None, until: float, sleep: Sleep, channel: str) -> int:
    """What PostgreSQL's NOTIFY brings; meanwhile nothing is asked, and the processor rests."""
    if driver not in _heard:
        driver.execute(f"LISTEN {channel}")
        _heard[driver] = next(_numbers)
    while True:
        if list(driver.notifies(timeout=0)):
            _heard[driver] = next(_numbers)
        left_s = min(until - time.monotonic(), ASK_EVERY_S)
        if _heard[driver] != known or left_s <= 0 or sleep(0):
            return _heard[driver]
        poll = select.poll()  # `select` knows no more than 1024 files
        poll.register(driver.fileno(), select.POLLIN)
        poll.poll(1000 * left_s)
