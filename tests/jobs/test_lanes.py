"""Lanes that one worker keeps, so that a large model stays where it is loaded."""

from __future__ import annotations

import subprocess

import pytest

from jobs import lanes, tasks
from jobs.models import Job, NewJob, Status, Tier
from jobs.presence import present
from tests.support.studio import wait_for

HOLD = """
import sys, time
from jobs import lanes
print(lanes.keep("neural"), flush=True)
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
    assert process.stdout.readline().strip() == "True"
    return process


def test_a_kept_lane_belongs_to_whoever_comes_first_until_he_is_gone(keeper):
    assert lanes.open_to_us(["neural", "procedural"]) == ["procedural"]
    assert lanes.kept_by_others() == ["neural"] and not lanes.keep("neural")
    keeper.kill()
    keeper.wait()
    assert lanes.open_to_us(["neural", "procedural"]) == ["neural", "procedural"]
    assert lanes.keep("neural")


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


def test_a_lane_is_kept_by_whoever_works_in_it_and_not_by_whoever_looks(db, settings):
    Job.objects.submit([new("neural")], wake=False)
    Job.objects.submit([new("procedural")], wake=False, tier=Tier.ADMIN)
    assert Job.objects.claim("me").lane == "procedural"
    assert present_lanes(settings) == []
    assert Job.objects.claim("me").lane == "neural"
    assert present_lanes(settings) == ["neural"]


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


@pytest.mark.slow
def test_a_neural_job_does_not_wait_for_a_keeper_that_is_long_elsewhere(studio):
    def submit(prompt: str, engine: str, lane: str) -> None:
        code = f"submit([{prompt!r}], engine={engine!r}, lane={lane!r})"
        studio.python(f"from tests.support.briefs import submit\n{code}")

    studio.worker()
    submit("a tone", "solo", "neural")
    wait_for(lambda: studio.statuses() == ["succeeded"])
    ((keeper,),) = studio.rows("select claimed_by from jobs_job")
    submit("hang", "steady", "procedural")
    submit("hang", "crasher", "procedural")
    wait_for(lambda: studio.statuses()[1:] == ["running", "running"])
    submit("another", "solo", "neural")
    studio.python(
        "from jobs.models import Job\n"
        f"Job.objects.filter(status='running').exclude(claimed_by={keeper!r}).get().cancel()"
    )
    wait_for(lambda: studio.statuses()[3] == "succeeded", timeout=15)
    assert "running" in studio.statuses(), "the keeper still hangs"
