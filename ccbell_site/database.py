"""What a database error means for the person at the terminal."""

from __future__ import annotations

from django.db import DatabaseError

_MEANINGS = {
    ("no such table", "no such column"): "The database is not prepared; run: python manage.py prepare",
    ("full",): "The disk is full; free some space and run the command again.",
    ("readonly", "unable to open"): "The data folder cannot be used; make it writable or set DATA_DIR.",
    ("locked",): "The database is busy with another process for too long; try again.",
    ("not a database", "malformed"): "The database file is damaged; restore it from a backup.",
}


def explain(error: DatabaseError) -> str:
    """One sentence that says what to do."""
    text = str(error)
    for signs, sentence in _MEANINGS.items():
        if any(sign in text for sign in signs):
            return sentence
    return f"The database cannot be used: {text}."
