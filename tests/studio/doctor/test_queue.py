"""What the doctor says of workers and jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from jobs import worker
from jobs.models import Job, NewJob, Status
from studio.cleanup import schedule
from studio.doctor import queue, system
from studio.doctor.finding import State
from tests.studio.doctor.support import only

pytestmark = pytest.mark.django_db


@pytest.fixture
def alive(settings):
    settings.WORKER_CONCURRENCY = 1
    worker.name()


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def a_job(lane: str = "procedural", **changes) -> Job:
    batch = Job.objects.submit([NewJob(kind="x", lane=lane, label="a tone")], wake=False)
    Job.objects.filter(batch=batch).update(**changes)
    return batch.jobs.get()


def test_nobody_at_work_is_a_fault():
    assert only(queue.workers()).state is State.FAIL


def test_all_or_some_at_work(alive, settings):
    assert only(queue.workers()).state is State.OK
    settings.WORKER_CONCURRENCY = 2
    told = only(queue.workers())
    assert told.state is State.WARN and told.fact == "1 of 2 alive"


def test_each_lane_says_how_long_its_oldest_job_waits():
    a_job(created_at=ago(seconds=30))
    a_job()
    a_job("network", created_at=ago(hours=2))
    told = only(queue.waiting()).fact.replace("\N{NO-BREAK SPACE}", " ")
    assert told == "1 network (for 2 hours) and 2 procedural (for 30 s)"


def test_jobs_that_nobody_takes_are_a_fault_only_beside_workers_that_rest(alive):
    a_job(created_at=ago(minutes=5))
    assert only(queue.waiting()).state is State.FAIL
    a_job(status=Status.SUCCEEDED, finished_at=ago(seconds=5))
    assert only(queue.waiting()).state is State.OK, "they are busy with others"


def test_a_job_past_its_deadline_is_told_but_a_download_may_take_its_time(settings):
    a_job("network", status=Status.RUNNING, started_at=ago(hours=5))
    assert only(queue.running()).state is State.OK
    a_job(status=Status.RUNNING, started_at=ago(seconds=settings.JOB_DEADLINE_S + 120))
    told = only(queue.running())
    assert told.state is State.FAIL and "1 job past the deadline: a tone" in told.fact


def test_many_failures_are_told_with_the_last_ones_reason():
    assert only(queue.done()).fact == "no job yet"
    for number in range(9):
        a_job(status=Status.SUCCEEDED, finished_at=ago(minutes=number + 1))
    a_job(status=Status.FAILED, finished_at=ago(seconds=3), error="The disk is full.")
    told = only(queue.done())
    assert told.state is State.OK and told.fact.endswith("1 of the last 10 failed, last: The disk is full.")
    for _ in range(3):
        a_job(status=Status.FAILED, finished_at=ago(seconds=2), error="No.")
    assert only(queue.done()).state is State.WARN


def test_the_clean_up_is_watched():
    Schedule.objects.all().delete()
    assert only(queue.clean_up()).todo.endswith("manage.py prepare")
    schedule.ensure()
    assert only(queue.clean_up()).state is State.OK
    Schedule.objects.update(next_run=ago(hours=3))
    assert "overdue" in only(queue.clean_up()).fact


def test_a_job_from_the_future_tells_that_a_clock_was_wrong():
    assert only(system.clock()).state is State.OK
    a_job(created_at=ago(hours=-3))
    assert "the newest job is of" in only(system.clock()).fact
