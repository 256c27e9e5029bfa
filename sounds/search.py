"""Full-text search over sounds: SQLite's FTS5, or PostgreSQL's own where that is the database."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from sounds.models.sound import Sound

INDEX = "sounds_words"

_TABLE = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(
    words, content='sounds_sound', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
)
"""
_ADD = f"INSERT INTO {INDEX}(rowid, words) VALUES (new.id, new.words);"
_REMOVE = f"INSERT INTO {INDEX}({INDEX}, rowid, words) VALUES ('delete', old.id, old.words);"
_TRIGGERS = {
    f"{INDEX}_insert": f"AFTER INSERT ON sounds_sound BEGIN {_ADD} END",
    f"{INDEX}_delete": f"AFTER DELETE ON sounds_sound BEGIN {_REMOVE} END",
    f"{INDEX}_update": f"AFTER UPDATE OF words ON sounds_sound BEGIN {_REMOVE} {_ADD} END",
}
_MARKS = "[\u0300-\u036f]"
_SIGNS = string.punctuation.replace("'", "''").replace("%", "")
_PLAIN = f"regexp_replace(normalize(words, NFKD), '{_MARKS}', '', 'g')"
_VECTOR = f"to_tsvector('simple', translate({_PLAIN}, '{_SIGNS}', repeat(' ', {len(_SIGNS)})))"
"""As SQLite's index has it: letters without their marks, in words that every other sign ends.

PostgreSQL by itself takes ``warm-piano.wav`` for the name of a host. PostgreSQL uses its index for just this
expression and no other.
"""


def matching(sounds: QuerySet[Sound], text: str) -> QuerySet[Sound]:
    """Those that have every word of `text`, or one that begins with it; none when it has no words."""
    words = re.findall(r"\w+", text.replace("\0", " "))
    if not words:
        return sounds.none()
    if connection.vendor == "postgresql":
        return _matching_postgresql(sounds, text)
    query = " ".join(f'"{word}"*' for word in words)
    return sounds.filter(pk__in=RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [query]))


def _matching_postgresql(sounds: QuerySet[Sound], text: str) -> QuerySet[Sound]:
    """Each word as a phrase of its letters and digits, for that is how both indexes cut what they hold."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    phrases = [re.findall(r"[^\W_]+", word) for word in re.findall(r"\w+", plain.replace("\0", " "))]
    query = " & ".join(f"({' <-> '.join(phrase)}:*)" for phrase in phrases if phrase)
    if not query:
        return sounds.none()
    found = f"SELECT id FROM sounds_sound WHERE {_VECTOR} @@ to_tsquery('simple', %s)"
    return sounds.filter(pk__in=RawSQL(found, [query]))


def prepare(**_: Any) -> None:
    """Make the index and what keeps it up to date, where they are missing.

    Called after every migration, because Django changes a table of SQLite by making it anew, and its
    triggers go with the old one.
    """
    if "sounds_sound" not in connection.introspection.table_names():
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON sounds_sound USING gin (({_VECTOR}))")
    elif connection.vendor == "sqlite":
        _prepare_sqlite()


def _prepare_sqlite() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
        if there >= _TRIGGERS.keys():
            return
        cursor.execute(_TABLE)
        for name, body in _TRIGGERS.items():
            cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")
        cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")
