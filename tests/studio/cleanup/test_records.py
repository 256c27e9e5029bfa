"""Rows that tell of what is long over go; what is still told about stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Failure

from jobs.models import Batch, Event, Job, NewJob, Status
from packs.models import Build, Pack
from releases.models import Release
from sounds.models import Sound
from studio import cleanup
from tests.studio.cleanup.support import a_slot, a_take

pytestmark = pytest.mark.django_db


def a_job(*, days_ago: float, ended: bool = True) -> Job:
    """A job whose whole life was so long ago."""
    job = Job.objects.submit([NewJob(kind="test", lane="procedural")], wake=False).jobs.get()
    moment = timezone.now() - timedelta(days=days_ago)
    if ended:
        job.cancel()
        Job.objects.filter(pk=job.pk).update(finished_at=moment)
    Batch.objects.filter(pk=job.batch_id).update(created_at=moment)
    Event.objects.filter(job=job).update(created_at=moment)
    return job


def test_jobs_go_with_their_events_and_batches_after_a_month():
    old, young = a_job(days_ago=31), a_job(days_ago=29)
    report = cleanup.run()
    assert Job.objects.get() == young and Batch.objects.get() == young.batch
    assert "Removed one job that had ended." in report.sentences
    assert not Event.objects.filter(job=old.pk).exists()


def test_a_job_that_still_waits_stays_with_its_events():
    job = a_job(days_ago=400, ended=False)
    cleanup.run()
    assert Job.objects.get() == job and job.events.count() == 1


def test_events_go_after_a_week_and_the_stream_goes_on_after_them():
    job = a_job(days_ago=8)
    newest = Event.objects.latest("pk").pk
    cleanup.run()
    assert Job.objects.get() == job and not Event.objects.exists()
    a_job(days_ago=0)
    assert Event.objects.earliest("pk").pk > newest, "no number comes twice, so nobody misses an event"


@pytest.mark.parametrize("name", ["JOB_RETENTION_DAYS", "EVENT_RETENTION_DAYS"])
def test_zero_keeps_them_for_ever(settings, name):
    setattr(settings, name, 0)
    job = a_job(days_ago=300)
    events = job.events.count()
    cleanup.run()
    assert Job.objects.exists() == (name == "JOB_RETENTION_DAYS")
    assert job.events.count() == (events if name == "EVENT_RETENTION_DAYS" and Job.objects.exists() else 0)


def test_a_sound_outlives_the_job_that_made_it():
    take = a_take(job=a_job(days_ago=31), rank=1)
    cleanup.run()
    assert Sound.objects.get(pk=take.pk).job is None and take.is_whole


def test_a_release_keeps_the_job_that_says_why_it_failed():
    pack = Pack.objects.create_for(a_slot().collection)
    build = Build.objects.create(
        pack=pack, version="1.0.0", content_sha256="0" * 64, manifest={}, report={},
        zip_path="releases/a.zip", zip_sha256="0" * 64, zip_bytes=1,
    )  # fmt: skip
    job = a_job(days_ago=100)
    Job.objects.update(status=Status.FAILED, error="GitHub said no.")
    release = Release.objects.create(build=build, repo="a/b", tag="a-1.0.0", job=job)
    cleanup.run()
    assert Release.objects.get(pk=release.pk).error == "GitHub said no."


def test_sign_ins_that_ran_out_and_old_failures_of_wake_ups_go():
    for days in (-1, 1):
        session = SessionStore()
        session.set_expiry(timezone.now() + timedelta(days=days))
        session.create()
    for number, days in enumerate((31, 1)):
        moment = timezone.now() - timedelta(days=days)
        Failure.objects.create(
            id=str(number), name="there is work", started=moment, stopped=moment, success=False
        )
    report = cleanup.run()
    assert Session.objects.count() == 1 and Failure.objects.get().pk == "1"
    assert {"Removed one sign-in that ran out.", "Removed one failed wake-up."} <= set(report.sentences)


def test_a_dry_run_deletes_no_row():
    a_job(days_ago=100)
    report = cleanup.run(dry_run=True)
    assert "Would remove one job that had ended." in report.sentences
    assert Job.objects.exists() and Event.objects.count() == 2 and Batch.objects.exists()
