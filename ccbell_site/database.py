"""What a database error means for the person at the terminal."""

from __future__ import annotations

from django.db import DatabaseError

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


def explain(error: DatabaseError) -> str:
    """One sentence that says what to do."""
    text = str(error)
    for signs, sentence in _MEANINGS.items():
        if any(sign in text for sign in signs):
            return sentence
    return f"The database cannot be used: {text}."
