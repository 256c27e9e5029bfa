"""Whatever happens to a job in whatever order, it moves only as `Status` says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jobs.errors import JobLost
from jobs.models import Job, NewJob
from jobs.run import JobRun

LEGAL = {
    ("queued", "running"),
    ("queued", "cancelled"),
    ("running", "succeeded"),
    ("running", "failed"),
    ("running", "cancelled"),
    ("running", "queued"),
    ("failed", "queued"),
    ("cancelled", "queued"),
}


WORKERS = st.sampled_from(["one", "other"])
NUMBERS = st.integers(0, 2)


class JobMachine(RuleBasedStateMachine):
    """Three jobs of a group, and several workers that each hold on to the attempts they once claimed."""

    def __init__(self):
        super().__init__()
        Job.objects.all().delete()
        new = [NewJob(kind="test", lane="procedural", group="piano") for _ in range(3)]
        Job.objects.submit(new, wake=False)
        self.runs: list[JobRun] = []

    @rule(worker=WORKERS)
    def claim(self, worker):
        if job := Job.objects.claim(worker):
            self.runs.append(JobRun(job))

    @rule(worker=WORKERS)
    def claim_together(self, worker):
        self.runs += [JobRun(job) for job in Job.objects.claim_together(worker)]

    @rule(number=NUMBERS)
    def cancel(self, number):
        before = self.rows()[number]
        assert self.rows()[number].cancel() == (before.status in ("queued", "running"))

    @rule(number=NUMBERS)
    def retry(self, number):
        before = self.rows()[number]
        assert self.rows()[number].retry() == (before.status in ("failed", "cancelled"))

    @rule(number=NUMBERS)
    def find_lost(self, number):
        """What the reaper does with a job that it has read itself, perhaps a moment too late."""
        found = self.rows()[number]
        if found.status == "running":
            found.interrupt()
        else:
            with pytest.raises(JobLost):
                found.interrupt()

    @rule(data=st.data(), verb=st.sampled_from(["succeed", "fail", "crash", "interrupt", "stop", "report"]))
    def one_attempt_says(self, data, verb):
        """Whether it still counts or was taken for lost long ago."""
        if not self.runs:
            return
        job = data.draw(st.sampled_from(self.runs)).job
        before = Job.objects.get(pk=job.pk)
        counts = (before.status, before.attempt) == ("running", job.attempt)
        arguments = {"fail": ["x"], "crash": ["x"], "report": [0.5]}.get(verb, [])
        if counts:
            getattr(job, verb)(*arguments)
        else:
            with pytest.raises(JobLost):
                getattr(job, verb)(*arguments)
            assert Job.objects.get(pk=job.pk).status == before.status

    @rule(data=st.data())
    def give_back(self, data):
        """A worker that is to leave gives back what it holds; what it lost long ago stays as it is."""
        if not self.runs:
            return
        run = data.draw(st.sampled_from(self.runs))
        before = Job.objects.get(pk=run.job.pk)
        run.give_back()
        after = Job.objects.get(pk=run.job.pk)
        if (before.status, before.attempt) == ("running", run.job.attempt):
            assert after.status in ("queued", "cancelled")
        else:
            assert after.status == before.status

    def rows(self) -> list[Job]:
        return list(Job.objects.order_by("id"))

    @invariant()
    def every_move_was_legal(self):
        for job in self.rows():
            states = [event.data["status"] for event in job.events.order_by("id")]
            assert {(a, b) for a, b in pairwise(states) if a != b} <= LEGAL
            assert states[-1] == job.status

    @invariant()
    def a_job_succeeds_once_and_for_good(self):
        for job in self.rows():
            types = [event.type for event in job.events.order_by("id")]
            assert types.count("succeeded") == (job.status == "succeeded")

    @invariant()
    def what_is_to_stop_does_not_start_again(self):
        for job in self.rows():
            wanted = False
            for event in job.events.order_by("id"):
                assert not (wanted and event.type == "running")
                wanted = event.type == "cancel_requested" or (wanted and event.type != "queued")

    @invariant()
    def every_attempt_has_files_of_its_own(self):
        uuids = [run.job.attempt_uuid for run in self.runs]
        assert len(uuids) == len(set(uuids))


class TestJobMachine(JobMachine.TestCase, TestCase):
    settings = settings(
        max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.django_db
def test_the_table_of_legal_moves_matches_what_the_statuses_promise():
    ended = {"succeeded", "failed", "cancelled"}
    assert {a for a, b in LEGAL if b == "running"} == {"queued"}
    assert not {b for a, b in LEGAL if a == "succeeded"}
    assert {b for a, b in LEGAL if a in ended} == {"queued"}
