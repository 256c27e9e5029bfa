"""Who moves what SQLite's log holds into the database: not those who answer people.

Whoever commits past a thousand pages does it, waiting for the disk meanwhile. The web server leaves it to the
workers, who look every two seconds, and does it itself only when they seem to be gone.
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connection, connections

PAGES = 10_000
"""40 MB of log: so much the workers never leave."""


def leave_to_others() -> None:
    """Have this process hardly ever do it; to be called before it opens the database."""
    options = connections.databases[DEFAULT_DB_ALIAS].get("OPTIONS", {})
    if "init_command" in options:
        options["init_command"] += f" PRAGMA wal_autocheckpoint={PAGES};"


def checkpoint() -> None:
    """Do it now, without waiting for anybody who reads or writes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
