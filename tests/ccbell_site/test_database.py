"""What a database says, in words for who is at the terminal."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from ccbell_site.database import explain


@pytest.mark.parametrize(
    "said, sentence",
    [
        ('connection failed: FATAL:  database "studio" does not exist', "There is no such database"),
        ('FATAL:  password authentication failed for user "me"', "does not let this user in"),
        ('FATAL:  role "me" does not exist', "does not let this user in"),
        ("PostgreSQL 14 or later is required (found 13.4).", "too old; the studio needs PostgreSQL 14"),
        ("FATAL:  sorry, too many clients already", "raise its max_connections"),
        ("permission denied for schema public", "make it the owner of the database"),
        ("could not extend file: No space left on device", "disk is full"),
        ('connection to server at "db", port 5432 failed: Connection refused', "does not answer; start it"),
        ("terminating connection due to administrator command", "does not answer; start it"),
        ('relation "jobs_job" does not exist\nLINE 1: …', "manage.py prepare"),
        ("canceling statement due to lock timeout", "is busy with another process"),
        ("something\n else", "The database cannot be used: something else."),
    ],
)  # fmt: skip
def test_what_postgresql_says_becomes_one_sentence_that_says_what_to_do(settings, said, sentence):
    settings.IS_SHARED = True
    told = explain(DatabaseError(said))
    assert sentence in told and "\n" not in told


@pytest.mark.parametrize(
    "said, sentence",
    [("no such table: jobs_job", "manage.py prepare"), ("database is locked", "is busy"), ("full", "disk")],
)
def test_so_does_what_sqlite_says(settings, said, sentence):
    settings.IS_SHARED = False
    assert sentence in explain(DatabaseError(said))
