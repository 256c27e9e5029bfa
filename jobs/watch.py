"""Noticing that somebody wrote to the database, without asking it over and over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from django.db.backends.base.base import BaseDatabaseWrapper

LOOK_EVERY_S = 0.016


def wait_for_commit(
    connection: BaseDatabaseWrapper,
    known: int | None,
    until: float = math.inf,
    sleep: Callable[[float], bool | None] = time.sleep,
) -> int:
    """SQLite's `PRAGMA data_version` as soon as it is not `known`, else what it is at `until`,
    or when `sleep` says by True that the wait is over.

    Any other connection's commit moves that counter; this connection's own commits do not. Reading it
    touches no table, so sixty looks a second cost about 1 % of a core.
    """
    connection.ensure_connection()
    # The driver itself: Django's cursor costs several times as much, and this runs all the time.
    execute = connection.connection.execute
    with connection.wrap_database_errors:
        while (version := int(execute("PRAGMA data_version").fetchone()[0])) == known:
            if time.monotonic() >= until or sleep(LOOK_EVERY_S):
                break
    return version
