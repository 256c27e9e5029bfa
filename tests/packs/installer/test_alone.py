from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from packs.installer import alone as module
from packs.installer.alone import alone
from packs.installer.errors import InstallError
from tests.packs.installer.support import tree

HOLD = """
import sys, time
from pathlib import Path
from packs.installer.alone import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def holder(home):
    """Another process that holds the home folder for so many seconds."""
    started = []

    def hold(seconds: float) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, str(home), str(seconds)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout and process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_second_waits_for_the_first_and_leaves_no_file(home, holder):
    holder(0.5)
    started = time.monotonic()
    with alone(home):
        assert 0.3 < time.monotonic() - started < 10
    assert tree(home) == {}


def test_one_that_does_not_finish_is_not_waited_for_for_ever(home, holder, monkeypatch):
    holder(60)
    monkeypatch.setattr(module, "LONGEST_WAIT_S", 0.1)
    with (
        pytest.raises(InstallError, match=r"Another installer is at work in .*; try again when it is done"),
        alone(home),
    ):
        pass


def test_one_that_was_killed_holds_nothing(home, holder):
    holder(60).kill()
    with alone(home):
        pass


def test_where_folders_cannot_be_locked_it_goes_on(home, monkeypatch):
    def no_locks(*_: object) -> None:
        raise OSError(9, os.strerror(9))

    monkeypatch.setattr(module.fcntl, "flock", no_locks)
    with alone(home):
        pass
    monkeypatch.setattr(module, "fcntl", None)
    with alone(home):
        pass
