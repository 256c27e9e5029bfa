"""Whatever happens to a job in whatever order, it moves only as `Status` says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jobs.errors import JobLost
from jobs.models import Job, NewJob

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


class JobMachine(RuleBasedStateMachine):
    """One job, several workers that each hold on to the attempt they once claimed."""

    def __init__(self):
        super().__init__()
        Job.objects.all().delete()
        self.job = Job.objects.submit([NewJob(kind="test", lane="procedural")], wake=False).jobs.get()
        self.attempts: list[Job] = []

    @rule()
    def claim(self):
        if job := Job.objects.claim("someone"):
            self.attempts.append(job)

    @rule()
    def cancel(self):
        Job.objects.get().cancel()

    @rule()
    def retry(self):
        Job.objects.get().retry()

    def each(self, verb, *args):
        for attempt in self.attempts:
            before = Job.objects.get()
            try:
                getattr(attempt, verb)(*args)
            except JobLost:
                assert Job.objects.get().status == before.status
            else:
                assert before.attempt == attempt.attempt and before.status == "running"

    @rule()
    def succeed(self):
        self.each("succeed")

    @rule()
    def fail(self):
        self.each("fail", "x")

    @rule()
    def crash(self):
        self.each("crash", "x")

    @rule()
    def interrupt(self):
        self.each("interrupt")

    @rule()
    def stop(self):
        self.each("stop")

    @rule()
    def report(self):
        self.each("report", 0.5)

    @invariant()
    def every_move_was_legal(self):
        states = [event.data["status"] for event in self.job.events.order_by("id")]
        moves = {(a, b) for a, b in pairwise(states) if a != b}
        assert moves <= LEGAL
        assert states[-1] == Job.objects.get().status


class TestJobMachine(JobMachine.TestCase, TestCase):
    settings = settings(
        max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.django_db
def test_the_table_of_legal_moves_matches_what_the_statuses_promise():
    ended = {"succeeded", "failed", "cancelled"}
    assert {a for a, b in LEGAL if b == "running"} == {"queued"}
    assert not {b for a, b in LEGAL if a == "succeeded"}
    assert {b for a, b in LEGAL if a in ended} == {"queued"}
