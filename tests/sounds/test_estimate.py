"""How long a sound will probably take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job, NewJob, Status
from sounds.estimate import ALIKE, LOOK_BACK, USUAL_S, remaining_s, seconds_of
from tests.support.briefs import submit
from tests.support.library import a_sound

pytestmark = pytest.mark.django_db


def made(took_s: float, *, length_s: float = 1.0, engine: str = "steady") -> None:
    """A sound that somebody waited so long for."""
    submit(["x"], wake=False)
    job = Job.objects.latest("pk")
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        status=Status.SUCCEEDED, started_at=now - timedelta(seconds=took_s), finished_at=now
    )
    a_sound(job=job, engine=engine, duration_s=length_s)


def a_job(**more) -> Job:
    submit(["x"], engine="steady", duration_s=1.0, wake=False)
    Job.objects.filter(pk=Job.objects.latest("pk").pk).update(**more)
    return Job.objects.latest("pk")


def test_without_any_to_go_by_it_is_a_guess():
    assert seconds_of("steady", 1.0) == USUAL_S
    a_sound()  # without a job, as one that was uploaded
    made(9, engine="solo")
    assert seconds_of("steady", 1.0) == USUAL_S


def test_it_is_the_median_so_that_one_slow_sound_says_nothing():
    for took_s in (1, 2, 600):
        made(took_s)
    assert seconds_of("steady", 1.0) == pytest.approx(2)


def test_sounds_of_about_that_length_count():
    for _ in range(ALIKE):
        made(1, length_s=0.5)
        made(8, length_s=5.0)
    assert seconds_of("steady", 0.6) == pytest.approx(1)
    assert seconds_of("steady", 4.0) == pytest.approx(8)


def test_what_was_long_ago_is_forgotten():
    for _ in range(LOOK_BACK):
        made(9)
    for _ in range(LOOK_BACK):
        made(1)
    assert seconds_of("steady", 1.0) == pytest.approx(1)


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
def test_what_has_ended_takes_no_longer(status):
    assert remaining_s(a_job(status=status), {}) is None


def test_what_makes_no_sound_is_not_estimated():
    Job.objects.submit([NewJob(kind="packs.build", lane="procedural", payload={"pack": 1})], wake=False)
    assert remaining_s(Job.objects.get(), {}) is None


def test_what_runs_takes_what_is_left_of_it():
    made(8)
    assert remaining_s(a_job(status=Status.RUNNING, progress=0.75), {}) == 2
    assert remaining_s(a_job(status=Status.RUNNING, progress=1), {}) == 0


def test_what_waits_waits_for_those_before_it_as_many_at_once_as_the_lane_has(settings):
    settings.JOB_LANES = {"procedural": 2}
    made(4)
    job = a_job()
    assert remaining_s(job, {job.pk: 1}) == 4
    assert remaining_s(job, {job.pk: 5}) == 12
    assert remaining_s(job, {}) == 4
    settings.JOB_LANES = {"procedural": 0}
    assert remaining_s(job, {job.pk: 3}) == 12
