"""Requests that wait: no longer than asked, no more than the server can bear."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from jobs import waiting
from jobs.models import Batch, Job, NewJob

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch() -> Batch:
    return Job.objects.submit([NewJob(kind="test", lane="procedural")], wake=False)


def seconds(verb) -> float:
    begun = time.monotonic()
    verb()
    return time.monotonic() - begun


def end(batch: Batch) -> None:
    for job in batch.jobs.all():
        job.cancel()


@pytest.fixture
def no_place():
    """As many wait as may."""
    for _ in range(waiting.MOST_AT_ONCE):
        assert waiting._places.acquire(blocking=False)
    yield
    for _ in range(waiting.MOST_AT_ONCE):
        waiting._places.release()


@pytest.mark.parametrize("asked", [0, -1])
def test_who_does_not_want_to_wait_does_not(batch, asked):
    assert seconds(lambda: waiting.wait(batch, asked)) < 0.1
    assert waiting.wait(batch, asked) is False


def test_what_has_ended_is_not_waited_for(batch):
    end(batch)
    assert seconds(lambda: waiting.wait(batch, 5)) < 0.1
    assert waiting.wait(batch, 5) is True and waiting.wait(batch, 0) is True


def test_an_empty_batch_has_ended():
    assert waiting.wait(Batch.objects.create(), 5) is True


def test_time_ends_it(batch):
    took = seconds(lambda: waiting.wait(batch, 0.3))
    assert 0.3 <= took < 0.6


def test_it_ends_with_the_last_job_and_not_with_the_first():
    batch = Job.objects.submit([NewJob(kind="test", lane="procedural")] * 2, wake=False)
    first, last = batch.jobs.order_by("id")
    ended = []

    def end_them():
        first.cancel()
        time.sleep(0.3)
        ended.append(time.monotonic())
        last.cancel()
        connection.close()

    thread = threading.Thread(target=end_them)
    thread.start()
    assert waiting.wait(batch, 10) is True
    assert time.monotonic() - ended[0] < 0.3
    thread.join()


@pytest.mark.usefixtures("no_place")
def test_where_too_many_wait_nobody_else_does(batch):
    assert seconds(lambda: waiting.wait(batch, 5)) < 0.1
    assert waiting.wait(batch, 5) is False
    end(batch)
    assert waiting.wait(batch, 5) is True


def test_thirty_two_wait_at_once_and_leave_their_places(batch):
    answers = []

    def wait():
        answers.append(waiting.wait(batch, 10))
        connection.close()

    threads = [threading.Thread(target=wait) for _ in range(waiting.MOST_AT_ONCE)]
    for thread in threads:
        thread.start()
    while waiting._places._value:
        time.sleep(0.01)
    assert seconds(lambda: waiting.wait(batch, 5)) < 0.5
    end(batch)
    for thread in threads:
        thread.join()
    assert answers == [True] * waiting.MOST_AT_ONCE
    assert waiting._places._value == waiting.MOST_AT_ONCE


def test_who_is_interrupted_leaves_his_place(batch):
    class Stumbles(waiting.Visitor):
        def step_aside(self) -> None:
            raise ZeroDivisionError

    before = waiting.visitor.set(Stumbles())
    with pytest.raises(ZeroDivisionError):
        waiting.wait(batch, 5)
    waiting.visitor.reset(before)
    assert waiting._places._value == waiting.MOST_AT_ONCE


def test_nobody_waits_for_who_has_gone_away(batch):
    class GoesAway(waiting.Visitor):
        def when_gone(self, verb) -> None:
            threading.Timer(0.1, verb).start()

    before = waiting.visitor.set(GoesAway())
    assert seconds(lambda: waiting.wait(batch, 30)) < 5
    waiting.visitor.reset(before)
    assert waiting._places._value == waiting.MOST_AT_ONCE
