"""Lanes that one worker keeps, so that a large model stays where it is loaded."""

from __future__ import annotations

import subprocess

import pytest

from jobs import lanes, tasks
from jobs.models import Job, NewJob, Status
from jobs.presence import present
from tests.support.studio import wait_for

HOLD = """
import sys, time
from jobs import lanes
print(lanes.mine(["neural"]), flush=True)
sys.stdin.read()
"""


def new(lane: str) -> NewJob:
    return NewJob(kind="nothing", lane=lane)


@pytest.fixture
def keeper(studio, settings):
    """Another process that keeps the neural lane of this process's studio."""
    settings.RUN_DIR = studio.data / "run"
    process = studio.start(
        "-c", "import django; django.setup()\n" + HOLD, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline().strip() == "['neural']"
    return process


def test_a_kept_lane_belongs_to_whoever_comes_first_until_he_is_gone(keeper):
    assert lanes.mine(["neural", "procedural"]) == ["procedural"]
    assert lanes.kept_by_others() == ["neural"]
    keeper.kill()
    keeper.wait()
    assert lanes.mine(["neural", "procedural"]) == ["neural", "procedural"]
    assert lanes.kept_by_others() == []


def test_a_claim_leaves_the_jobs_of_a_lane_that_another_keeps(db, keeper):
    Job.objects.submit([new("neural"), new("procedural")], wake=False)
    assert Job.objects.claim("me").lane == "procedural"
    assert Job.objects.claim("me") is None


def test_such_jobs_are_handed_on_to_their_keeper(db, keeper):
    assert not tasks.hand_on(), "there is nothing to do"
    Job.objects.submit([new("neural")], wake=False)
    assert tasks.hand_on() and tasks.is_waking()
    Job.objects.update(status=Status.RUNNING, claimed_by="the keeper")
    assert not tasks.hand_on(), "the lane has no room"


def test_who_begins_something_long_leaves_its_lane_to_others(db, settings):
    Job.objects.submit([new("neural"), new("procedural"), new("network")], wake=False)
    assert Job.objects.claim("me").lane == "neural"
    Job.objects.claim("me").succeed()
    assert present_lanes(settings) == ["neural"], "a short job of another lane changes nothing"
    assert Job.objects.claim("me").lane == "network"
    assert present_lanes(settings) == []


def present_lanes(settings) -> list[str]:
    return [name for name, _ in present(settings.RUN_DIR / "lanes")]


@pytest.mark.slow
def test_one_host_serves_neural_jobs_of_two_workers(studio):
    """Jobs come one by one, and the wake-ups reach either worker; the engine is loaded once."""
    studio.worker()
    pids = set()
    for number in range(6):
        studio.python(
            "from tests.support.briefs import submit\n"
            f"submit(['a tone {number}'], engine='solo', lane='neural')"
        )
        wait_for(lambda number=number: studio.statuses() == ["succeeded"] * (number + 1))
        pids |= {host.pid for host in studio.hosts()}
    assert len(pids) == 1
