"""The database, opened so that looking changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

WAIT_S = 2
"""For so long a database that is locked or far away is waited for."""
ANSWER_WITHIN_MS = 4000
_NAME = "OWN_NAME"


@contextmanager
def only_reading() -> Iterator[None]:
    """Have connections that are opened meanwhile, each thread has its own, read and not write."""
    own = connections.databases[DEFAULT_DB_ALIAS]
    reading = _server(own) if settings.IS_SHARED else _file(own)
    connections.databases[DEFAULT_DB_ALIAS] = own | reading | {_NAME: own["NAME"]}
    try:
        yield
    finally:
        connections.databases[DEFAULT_DB_ALIAS] = own


def file() -> Path:
    """Where SQLite's file is, whatever way it is opened just now."""
    database = connections.databases[DEFAULT_DB_ALIAS]
    return Path(database.get(_NAME, database["NAME"]))


def address(path: Path) -> str:
    """A SQLite file, to be read only.

    One that has no log beside it is open nowhere, and is read as if it never changed: otherwise SQLite would
    leave an empty log behind, or fail where it may not make one.
    """
    is_open = path.with_name(f"{path.name}-wal").exists()
    return f"file:{quote(str(path))}?mode=ro{'' if is_open else '&immutable=1'}"


def _file(own: dict[str, Any]) -> dict[str, Any]:
    return {"NAME": address(Path(own["NAME"])), "OPTIONS": {"timeout": WAIT_S}}


def _server(own: dict[str, Any]) -> dict[str, Any]:
    options = own.get("OPTIONS", {})
    reading = f"-c default_transaction_read_only=on -c statement_timeout={ANSWER_WITHIN_MS}"
    told = f"{options.get('options', '')} {reading}".strip()
    return {"OPTIONS": options | {"connect_timeout": WAIT_S, "options": told}}
