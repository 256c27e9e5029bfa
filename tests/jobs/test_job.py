"""The life of a job: who may change it, when, and what is remembered."""

from __future__ import annotations

import pytest

from jobs.errors import JobLost
from jobs.models import Batch, Event, Job, NewJob, Status, Tier

pytestmark = pytest.mark.django_db


def submit(*lanes: str, **options) -> list[Job]:
    batch = Job.objects.submit([NewJob(kind="test", lane=lane) for lane in lanes], **options)
    return list(batch.jobs.order_by("id"))


def types(job: Job) -> list[str]:
    return list(job.events.values_list("type", flat=True))


def test_a_job_is_claimed_run_and_ended_with_an_event_for_each_change():
    submit("procedural")
    job = Job.objects.claim("me")
    job.report(0.5, "half")
    job.succeed()
    assert types(job) == ["queued", "running", "progress", "succeeded"]
    assert Job.objects.get().status == Status.SUCCEEDED
    assert job.events.last().data["status"] == "succeeded"


def test_nothing_is_claimed_from_an_empty_queue():
    assert Job.objects.claim("me") is None


def test_a_lower_tier_number_comes_first_and_inside_a_tier_the_older():
    (free,) = submit("procedural", tier=Tier.FREE)
    old, young = submit("procedural", "network", tier=Tier.STANDARD)
    (admin,) = submit("procedural", tier=Tier.ADMIN)
    order = []
    while job := Job.objects.claim("me"):
        order.append(job.pk)
        job.succeed()
    assert order == [admin.pk, old.pk, young.pk, free.pk]


def test_a_lane_never_has_more_workers_than_its_limit(settings):
    settings.JOB_LANES = {"network": 1, "procedural": 2}
    submit("network", "network", "procedural", "procedural", "procedural")
    claimed = []
    while job := Job.objects.claim(f"worker {len(claimed)}"):
        claimed.append(job.lane)
    assert sorted(claimed) == ["network", "procedural", "procedural"]


def grouped(*groups: str) -> list[Job]:
    new = [NewJob(kind="test", lane="neural", group=group) for group in groups]
    return list(Job.objects.submit(new, wake=False).jobs.order_by("id"))


def test_jobs_of_a_group_that_follow_each_other_are_claimed_together():
    first, second, other, _ = grouped("piano", "piano", "organ", "piano")
    assert Job.objects.claim_together("me") == [first, second]
    assert Job.objects.claim_together("somebody else") == [], "the lane has room for one worker"
    for job in (first, second):
        job.refresh_from_db()
        job.succeed()
    assert Job.objects.claim_together("me") == [other]
    assert first.attempt_uuid and first.attempt_uuid != second.attempt_uuid


def test_jobs_without_a_group_are_claimed_one_by_one():
    first, _ = grouped("", "")
    assert Job.objects.claim_together("me") == [first]


def test_a_group_is_never_longer_than_others_can_wait():
    grouped(*["piano"] * 40)
    assert len(Job.objects.claim_together("me")) == 16


def test_a_job_that_crashed_is_claimed_alone():
    first, second, third = grouped("piano", "piano", "piano")
    Job.objects.filter(pk__in=[first.pk, third.pk]).update(crashes=1)
    assert Job.objects.claim_together("me") == [first]
    Job.objects.filter(pk=first.pk).update(status=Status.SUCCEEDED)
    assert Job.objects.claim_together("me") == [second], "the one behind it is not drawn in"


def test_a_batch_is_drained_without_touching_other_jobs():
    (other,) = submit("procedural")
    (mine,) = submit("procedural")
    assert Job.objects.claim("me", batch=mine.batch).pk == mine.pk
    assert Job.objects.claim("me", batch=mine.batch) is None
    other.refresh_from_db()
    assert other.status == Status.QUEUED


def test_a_worker_that_was_taken_for_lost_writes_nothing():
    submit("procedural")
    lost = Job.objects.claim("lost")
    Job.objects.get().interrupt()
    found = Job.objects.claim("other")
    for verb in (
        lost.succeed,
        lost.stop,
        lambda: lost.fail("x"),
        lambda: lost.report(0.5),
        lost.wants_to_stop,
    ):
        with pytest.raises(JobLost):
            verb()
    assert Job.objects.get().status == Status.RUNNING
    assert found.attempt == lost.attempt + 1
    assert found.attempt_uuid != lost.attempt_uuid


def test_what_success_writes_is_undone_when_the_attempt_no_longer_counts():
    submit("procedural")
    lost = Job.objects.claim("lost")
    Job.objects.get().interrupt()
    with pytest.raises(JobLost):
        lost.succeed(lambda: Batch.objects.create(label="written by a ghost") and None)
    assert not Batch.objects.filter(label="written by a ghost").exists()


def test_a_failing_write_leaves_the_job_running_and_nothing_written():
    submit("procedural")
    job = Job.objects.claim("me")

    def write():
        Batch.objects.create(label="half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        job.succeed(write)
    assert not Batch.objects.filter(label="half").exists()
    assert Job.objects.get().status == Status.RUNNING
    assert types(job) == ["queued", "running"]


def test_interruptions_do_not_count_as_attempts():
    submit("procedural")
    for _ in range(5):
        Job.objects.claim("me").interrupt()
    job = Job.objects.get()
    assert (job.status, job.crashes, job.interruptions) == (Status.QUEUED, 0, 5)


def test_a_job_that_loses_worker_after_worker_is_given_up_in_the_end():
    submit("procedural")
    while job := Job.objects.claim("me"):
        job.interrupt()
    assert job is None
    assert "given up" in Job.objects.get().error


def test_the_second_crash_fails_the_job():
    submit("procedural")
    Job.objects.claim("me").crash("It died.")
    assert Job.objects.get().status == Status.QUEUED
    Job.objects.claim("me").crash("It died.")
    job = Job.objects.get()
    assert (job.status, job.error) == (Status.FAILED, "It died. It was tried 2 times.")


def test_a_queued_job_is_cancelled_at_once_and_never_starts():
    (job,) = submit("procedural")
    assert job.cancel()
    assert Job.objects.get().status == Status.CANCELLED
    assert Job.objects.claim("me") is None


def test_a_running_job_is_asked_to_stop_and_others_are_left_alone():
    submit("procedural", "procedural")
    job, other = Job.objects.claim("me"), Job.objects.claim("me")
    assert Job.objects.get(pk=job.pk).cancel()
    assert job.wants_to_stop() and not other.wants_to_stop()
    job.stop()
    assert Job.objects.get(pk=job.pk).status == Status.CANCELLED


def test_a_running_job_that_is_to_stop_is_not_queued_again_when_its_worker_is_lost():
    submit("procedural")
    Job.objects.claim("me")
    Job.objects.get().cancel()
    Job.objects.get().interrupt()
    assert Job.objects.get().status == Status.CANCELLED


def test_an_ended_job_cannot_be_cancelled():
    submit("procedural")
    Job.objects.claim("me").succeed()
    assert not Job.objects.get().cancel()
    assert Job.objects.get().status == Status.SUCCEEDED


def test_a_failed_job_is_retried_with_a_clean_slate():
    submit("procedural")
    Job.objects.claim("me").fail("It went wrong.")
    assert Job.objects.get().retry()
    job = Job.objects.get()
    assert (job.status, job.error, job.crashes) == (Status.QUEUED, "", 0)
    assert Job.objects.claim("me").pk == job.pk


def test_a_job_that_succeeded_is_not_retried():
    submit("procedural")
    Job.objects.claim("me").succeed()
    assert not Job.objects.get().retry()


def test_a_batch_is_cancelled_as_a_whole():
    jobs = submit("procedural", "procedural", "procedural")
    Job.objects.claim("me").succeed()
    assert jobs[0].batch.cancel() == 2


def test_submitting_is_all_or_nothing():
    def broken():
        yield NewJob(kind="test", lane="procedural")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Job.objects.submit(broken())
    assert not Job.objects.exists() and not Event.objects.exists() and not Batch.objects.exists()


def test_claiming_costs_the_same_number_of_queries_however_long_the_queue_is(django_assert_max_num_queries):
    submit(*["procedural"] * 300)
    with django_assert_max_num_queries(14):
        Job.objects.claim("me")
