"""Either many serve, or one is alone; whoever is dead counts for nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jobs import worker
from jobs.duty import OnDuty, alone, on_duty

SERVE = """
import pathlib, sys, time
from django.conf import settings
settings.configure(RUN_DIR=pathlib.Path(sys.argv[1]))
from jobs import duty
with duty.on_duty("web") if sys.argv[2] == "web" else duty.alone():
    print("there", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def elsewhere(settings):
    """Starts a process that serves, or is alone."""
    started = []

    def start(what: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SERVE, str(settings.RUN_DIR), what]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout and process.stdout.readline() == "there\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_many_may_serve(elsewhere):
    elsewhere("web")
    with on_duty("web"), on_duty("worker"):
        pass


def test_nobody_is_alone_while_somebody_serves(elsewhere):
    server = elsewhere("web")
    with on_duty("worker"), pytest.raises(OnDuty, match=r"running \(web, worker\); stop it first"), alone():
        pass
    server.kill()
    server.wait()
    with alone():
        pass


def test_nobody_serves_while_somebody_is_alone(elsewhere):
    other = elsewhere("alone")
    with pytest.raises(OnDuty, match="A backup is being restored"), on_duty("web"):
        pass
    other.kill()
    other.wait()
    with on_duty("web"):
        pass


def test_one_is_alone_at_a_time(elsewhere):
    elsewhere("alone")
    with pytest.raises(OnDuty, match="Another restore"), alone():
        pass


def test_a_command_that_works_by_itself_counts_too(settings):
    worker.name()
    with pytest.raises(OnDuty, match="A command that makes sounds"), alone():
        pass
    worker.give_up()
    with alone():
        pass
