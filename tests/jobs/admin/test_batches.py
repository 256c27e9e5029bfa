"""Batches in the admin: how far they are, and what a person does about it."""

from __future__ import annotations

import pytest
from django.test import Client

from jobs.models import Batch, Status
from tests.support.admin import listing, page, press, run
from tests.support.briefs import submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch() -> Batch:
    """One of its jobs failed, the other waits."""
    batch = submit(["a tone", "another"], wake=False)
    first = batch.jobs.order_by("id").first()
    first.start("somebody")
    first.fail("It fell over; try again.")
    return batch


def statuses(batch: Batch) -> list[str]:
    return list(batch.jobs.order_by("id").values_list("status", flat=True))


def test_a_batch_tells_how_far_it_is(admin_client: Client, batch):
    shown = page(admin_client, listing("jobs_batch"))
    assert "1 of 2, 1 failed or cancelled" in shown
    assert f"{listing('jobs_job')}?batch__id__exact={batch.pk}" in shown
    assert batch.jobs.first().label in page(admin_client, listing("jobs_job", batch__id__exact=batch.pk))


def test_a_batch_is_cancelled_and_retried_as_a_whole(admin_client: Client, batch):
    assert "1 jobs of" in press(admin_client, batch, "cancel").content.decode()
    assert statuses(batch) == [Status.FAILED, Status.CANCELLED]
    assert "2 jobs of" in press(admin_client, batch, "retry").content.decode()
    assert statuses(batch) == [Status.QUEUED, Status.QUEUED]


def test_many_batches_are_cancelled_and_retried_at_once(admin_client: Client, batch):
    other = submit(["a third"], wake=False)
    assert "2 jobs cancelled" in run(admin_client, "jobs_batch", "cancel", batch, other)
    assert "3 jobs queued again" in run(admin_client, "jobs_batch", "retry", batch, other)


def test_deleting_keeps_batches_that_are_at_work(admin_client: Client, batch):
    ended = submit(["a third"], wake=False)
    ended.cancel()
    shown = run(admin_client, "jobs_batch", "delete_selected", batch, ended, post="yes")
    assert "1 batches that are at work are kept" in shown
    assert list(Batch.objects.all()) == [batch]


def test_the_list_costs_the_same_queries_for_many(admin_client: Client, batch, django_assert_max_num_queries):
    for _ in range(10):
        submit(["a tone"], wake=False)
    with django_assert_max_num_queries(10):
        page(admin_client, listing("jobs_batch"))
