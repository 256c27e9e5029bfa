"""What a database error means for the person at the terminal, and having the database to oneself."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection

from ccbell_site.terminal import python_command

PREPARE = f"{python_command()} manage.py prepare"

_MEANINGS = {
    (
        "no such table",
        "no such column",
    ): f"The database is not prepared; run: {PREPARE}",
    ("full",): "The disk is full; free some space and run the command again.",
    ("readonly", "unable to open"): "The data folder cannot be used; make it writable or set DATA_DIR.",
    ("locked",): "The database is busy with another process for too long; try again.",
    (
        "not a database",
        "malformed",
    ): "The database is damaged; restore a backup, or move it away to start anew.",
}
_MEANINGS_OF_POSTGRES = {
    ('database "',): "There is no such database on the server; create it, or correct DATABASE_URL.",
    (
        "authentication failed",
        "no password supplied",
        'role "',
        "no pg_hba.conf entry",
    ): "The database server does not let this user in; correct DATABASE_URL.",
    ("or later is required",): "The database server is too old; the studio needs PostgreSQL 14 or newer.",
    (
        "too many clients",
        "connection slots",
    ): "The database server takes no more connections; raise its max_connections.",
    ("permission denied",): "The user in DATABASE_URL may not do this; make it the owner of the database.",
    ("no space left", "could not extend"): "The database server's disk is full; free some space there.",
    (
        "connection is bad",
        "connection failed",
        "connection to server",
        "could not translate host name",
        "failed to resolve host",
        "timeout expired",
        "starting up",
        "shutting down",
        "connection already closed",
        "terminating connection",
        "server closed the connection",
        "connection is lost",
    ): "The database server does not answer; start it, or correct DATABASE_URL.",
    ("does not exist",): f"The database is not prepared; run: {PREPARE}",
    ("lock timeout", "deadlock"): "The database is busy with another process for too long; try again.",
}


def explain(error: DatabaseError) -> str:
    """One sentence that says what to do."""
    text = " ".join(str(error).split())
    meanings = _MEANINGS_OF_POSTGRES | _MEANINGS if settings.IS_SHARED else _MEANINGS
    for signs, sentence in meanings.items():
        if any(sign in text.lower() for sign in signs):
            return sentence
    return f"The database cannot be used: {text}."


@contextmanager
def alone(number: int) -> Iterator[None]:
    """Keep all others out who ask for the same, on whatever machine, until this is over."""
    if connection.vendor != "postgresql":
        with _alone_here(number):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '0', false)")  # a large migration takes its time
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        if connection.is_usable():  # else the server has let go of it by itself
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def _alone_here(number: int) -> Iterator[None]:
    """The same where only this machine has the database: its file's lock is let go between migrations."""
    try:
        settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
        lock = (settings.RUN_DIR / f"alone-{number:x}").open("w")
    except OSError as error:
        raise OperationalError(f"unable to open {settings.RUN_DIR}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
