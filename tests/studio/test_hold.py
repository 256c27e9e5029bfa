"""Clean-up is held back while files are read, and by nobody who is dead."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from studio.hold import Held, cleaning, cleanup_held

HOLD = """
import pathlib, sys, time
from django.conf import settings
settings.configure(RUN_DIR=pathlib.Path(sys.argv[1]))
from studio import hold
with getattr(hold, sys.argv[2])():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def elsewhere(settings):
    """Starts a process that holds the lock: as a backup does, or as a clean-up does."""
    started = []

    def start(how: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, str(settings.RUN_DIR), how]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout and process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_nothing_is_cleaned_while_a_backup_reads(elsewhere):
    elsewhere("cleanup_held")
    with pytest.raises(Held, match="A backup is running") as refused, cleaning():
        pass
    assert "run it again later" in str(refused.value)


def test_two_backups_may_read_at_once(elsewhere):
    first, second = elsewhere("cleanup_held"), elsewhere("cleanup_held")
    first.kill()
    first.wait()
    with pytest.raises(Held), cleaning():
        pass
    second.kill()
    second.wait()
    with cleaning():
        pass


def test_the_second_of_two_clean_ups_is_told_that_there_is_another(elsewhere):
    elsewhere("cleaning")
    with pytest.raises(Held, match="Another clean-up"), cleaning():
        pass


def test_kill_minus_nine_leaves_no_lock_behind(elsewhere):
    holder = elsewhere("cleaning")
    holder.kill()
    holder.wait()
    with cleaning(), pytest.raises(Held, match="Another clean-up"), cleaning():
        pass
    with cleanup_held():
        pass


def test_a_backup_waits_for_the_clean_up_that_runs(elsewhere):
    cleaner = elsewhere("cleaning")
    reads = threading.Event()

    def back_up() -> None:
        with cleanup_held():
            reads.set()

    backup = threading.Thread(target=back_up)
    backup.start()
    assert not reads.wait(0.3)
    cleaner.kill()
    cleaner.wait()
    assert reads.wait(5)
    backup.join()


def test_an_error_within_lets_go(settings):
    with pytest.raises(ZeroDivisionError), cleaning():
        raise ZeroDivisionError
    with cleaning():
        pass
