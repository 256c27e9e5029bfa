"""Commits of others are noticed."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import DatabaseError, connection

from jobs.models import Job, NewJob
from jobs.watch import wait_for_commit

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_commits() -> None:
    """From a thread, which has a connection of its own."""
    Job.objects.submit([NewJob(kind="nothing", lane="network")], wake=False)
    connection.close()


def test_a_commit_of_somebody_else_is_noticed_at_once():
    before = wait_for_commit(connection, None, 0)
    thread = threading.Timer(0.1, somebody_commits)
    started = time.monotonic()
    thread.start()
    assert wait_for_commit(connection, before, started + 5) != before
    assert time.monotonic() - started < 2
    thread.join()


def test_without_one_it_returns_in_time():
    before = wait_for_commit(connection, None, 0)
    started = time.monotonic()
    assert wait_for_commit(connection, before, started + 0.1) == before
    assert 0.1 <= time.monotonic() - started < 2


def test_trouble_is_told_as_django_tells_it():
    connection.ensure_connection()
    connection.connection.close()
    try:
        with pytest.raises(DatabaseError):
            wait_for_commit(connection, None, 0)
    finally:
        connection.close()
