"""Asking a render host to leave, from wherever its lock can be seen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jobs.presence import Presence
from sounds.engines.host import bell


@pytest.fixture
def lock(tmp_path: Path):
    presence = Presence(tmp_path, "steady")
    yield presence.path
    presence.close()


def test_whoever_rings_is_heard_each_time(lock):
    heard = threading.Semaphore(0)
    bell.hang(lock, heard.release)
    for _ in range(3):
        assert bell.ring(lock)
        assert heard.acquire(timeout=5)


def test_ringing_where_nobody_lives_says_so(lock):
    assert not bell.ring(lock)
    bell.hang(lock, lambda: None)
    bell.take_down(lock)
    assert not bell.ring(lock)


def test_what_a_killed_host_left_is_replaced_and_that_of_others_taken_down(lock, tmp_path):
    killed, living = tmp_path / "killed.bell", Presence(tmp_path, "living")
    killed.touch()
    bell.hang(living.path, lambda: None)
    lock.with_suffix(".bell").touch()
    heard = threading.Event()
    bell.hang(lock, heard.set)
    assert bell.ring(lock) and heard.wait(5)
    assert not killed.exists() and bell.ring(living.path)
    living.close()


def test_a_disk_without_pipes_costs_only_the_bell(unwritable, capfd):
    bell.hang(unwritable / "steady.lock", lambda: None)
    assert "it leaves only when idle" in capfd.readouterr().err
