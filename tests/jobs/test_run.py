"""Doing jobs: what a handler says is what happens to the job."""

from __future__ import annotations

import errno

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from jobs import registry
from jobs.errors import JobCancelled, JobCrashed, JobFailed
from jobs.models import Batch, Job, NewJob, Status
from jobs.reaper import reap
from jobs.run import drain, perform

pytestmark = pytest.mark.django_db


@pytest.fixture
def handled(monkeypatch):
    """Let a function handle jobs of kind ``test``."""
    monkeypatch.setattr(registry, "_handlers", {})

    def handle(function):
        registry.handler("test")(function)
        Job.objects.submit([NewJob(kind="test", lane="procedural", payload={"x": 1})])
        perform(Job.objects.claim("me"))
        return Job.objects.latest("id")

    return handle


def raising(error):
    def handler(run):
        raise error

    return handler


def test_what_the_handler_returns_is_written_with_the_success(handled):
    def handler(run):
        return lambda: {"batch": Batch.objects.create(label=f"x is {run.payload['x']}").pk}

    job = handled(handler)
    assert job.status == Status.SUCCEEDED
    assert Batch.objects.get(label="x is 1").pk == job.result["batch"]


def test_a_failure_in_words_reaches_the_person(handled):
    job = handled(raising(JobFailed("There is no such thing.")))
    assert (job.status, job.error) == (Status.FAILED, "There is no such thing.")


def test_what_postgresql_ends_for_the_sake_of_another_is_tried_again(handled):
    def handler(run):
        raise OperationalError("deadlock detected") from DeadlockDetected()

    job = handled(handler)
    assert (job.status, job.interruptions, job.crashes) == (Status.QUEUED, 1, 0)


def test_an_unforeseen_error_is_named_but_not_spilled(handled, caplog):
    job = handled(raising(KeyError("secret")))
    assert job.status == Status.FAILED
    assert "KeyError" in job.error and "secret" not in job.error
    assert "secret" in caplog.text


def test_a_full_disk_is_said_in_words(handled):
    job = handled(raising(OSError(errno.ENOSPC, "No space left on device")))
    assert job.error == "The disk is full; free some space and retry the job."


def test_a_crash_is_tried_again(handled):
    assert handled(raising(JobCrashed("It died."))).status == Status.QUEUED


def test_a_cancelled_job_ends_as_cancelled(handled):
    assert handled(raising(JobCancelled())).status == Status.CANCELLED


def test_a_handler_notices_the_wish_to_stop_when_it_reports(handled):
    def handler(run):
        Job.objects.get().cancel()
        run.progress(0.5, "half")
        raise AssertionError("it went on")

    assert handled(handler).status == Status.CANCELLED


def test_a_wish_to_end_the_process_gives_the_job_back(handled):
    with pytest.raises(KeyboardInterrupt):
        handled(raising(KeyboardInterrupt()))
    assert Job.objects.get().status == Status.QUEUED


def test_a_kind_that_nobody_handles_fails_in_words(db):
    Job.objects.submit([NewJob(kind="unheard of", lane="procedural")])
    perform(Job.objects.claim("me"))
    assert "unheard of" in Job.objects.get().error


def test_two_handlers_of_one_kind_are_refused(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    registry.handler("test")(lambda run: None)
    with pytest.raises(ValueError, match="Two handlers"):
        registry.handler("test")(lambda run: None)


def test_draining_does_all_there_is_and_a_failure_stops_nothing(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    registry.handler("good")(lambda run: None)
    registry.handler("bad")(raising(JobFailed("No.")))
    Job.objects.submit([NewJob(kind=kind, lane="procedural") for kind in ("good", "bad", "good")])
    assert drain() is False
    assert sorted(Job.objects.values_list("status", flat=True)) == ["failed", "succeeded", "succeeded"]


def test_a_worker_that_cannot_write_down_how_a_job_ended_lets_go_of_it(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    registry.handler("test")(raising(JobFailed("No.")))
    Job.objects.submit([NewJob(kind="test", lane="procedural")])

    def broken(self, error):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(Job, "fail", broken)
    with pytest.raises(OperationalError):
        drain()
    monkeypatch.undo()
    assert Job.objects.get().status == Status.RUNNING
    assert reap() == 1
    assert Job.objects.get().status == Status.QUEUED


def test_a_database_on_a_full_disk_is_said_in_words(handled):
    job = handled(raising(OperationalError("database or disk is full")))
    assert job.error == "The disk is full; free some space and retry the job."


def test_what_an_attempt_left_is_undone_when_it_does_not_end_well(handled):
    undone = []

    def handler(run):
        run.undo_with(lambda: undone.append("files"))
        raise JobFailed("No.")

    handled(handler)
    assert undone == ["files"]


def test_an_attempt_that_is_lost_undoes_what_it_left_and_writes_nothing(handled):
    undone, written = [], []

    def handler(run):
        run.undo_with(lambda: undone.append("files"))
        Job.objects.get().interrupt()
        return lambda: written.append("rows")

    assert handled(handler).status == Status.QUEUED
    assert undone == ["files"] and not written


def test_nothing_new_is_begun_when_the_workers_are_to_stop(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    registry.handler("test")(lambda run: None)
    Job.objects.submit([NewJob(kind="test", lane="procedural")])
    assert drain(stopping=lambda: True) is False
    assert Job.objects.get().status == Status.QUEUED


def test_the_owner_of_a_running_job_may_be_deleted(handled, django_user_model):
    owner = django_user_model.objects.create_user("gone")

    def handler(run):
        Job.objects.filter(pk=run.job.pk).update(owner=owner)
        run.job.owner_id = owner.pk
        owner.delete()

    assert handled(handler).status == Status.SUCCEEDED
