"""Batches over HTTP: counted, cancelled and retried as a whole."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Batch, Job, NewJob
from tests.support.library import problem, signed_in, somebody

pytestmark = pytest.mark.django_db

URL = "/api/batches"


def a_batch(owner: User | None, number: int = 3, **options) -> Batch:
    new = [NewJob(kind="test", lane="procedural")] * number
    return Job.objects.submit(new, owner=owner, wake=False, **options)


def statuses(batch: Batch) -> list[str]:
    return [job.status for job in batch.jobs.order_by("id")]


def test_a_batch_counts_its_jobs(client: Client, user):
    batch = a_batch(user, 4, label="mine")
    Job.objects.claim("me").succeed()
    Job.objects.claim("me").report(0.5)
    Job.objects.claim("you").fail("No luck.")
    told = client.get(f"{URL}/{batch.uuid}").json()
    assert told["jobs"] == {"queued": 1, "processing": 1, "completed": 1, "failed": 1, "cancelled": 0}
    assert (told["label"], told["progress"]) == ("mine", 62.5)


def test_cancel_ends_what_has_not_ended_and_touches_no_other_batch(client: Client, user):
    batch, other = a_batch(user), a_batch(user)
    Job.objects.claim("me", batch=batch).succeed()
    assert client.post(f"{URL}/{batch.uuid}/cancel").json()["jobs"]["cancelled"] == 2
    assert statuses(batch) == ["succeeded", "cancelled", "cancelled"] and statuses(other) == ["queued"] * 3
    assert "ended already" in problem(client.post(f"{URL}/{batch.uuid}/cancel"), 409)["detail"]


def test_retry_queues_what_ended_badly_and_nothing_else(client: Client, user):
    batch, other = a_batch(user), a_batch(user)
    other.cancel()
    problem(client.post(f"{URL}/{batch.uuid}/retry"), 409)
    Job.objects.claim("me", batch=batch).succeed()
    Job.objects.claim("me", batch=batch).fail("No luck.")
    assert client.post(f"{URL}/{batch.uuid}/retry").json()["jobs"]["queued"] == 2
    assert statuses(batch) == ["succeeded", "queued", "queued"] and statuses(other) == ["cancelled"] * 3


def test_a_batch_without_jobs_is_done(client: Client, user):
    batch = a_batch(user, 0)
    assert client.get(f"{URL}/{batch.uuid}").json()["progress"] == 100
    problem(client.post(f"{URL}/{batch.uuid}/cancel"), 409)


@pytest.mark.parametrize("verb", ["", "/cancel", "/retry"])
def test_somebody_elses_is_not_there(client: Client, verb):
    batch = a_batch(somebody("eve"))
    answer = client.post(f"{URL}/{batch.uuid}{verb}") if verb else client.get(f"{URL}/{batch.uuid}")
    problem(answer, 404)
    assert client.get(URL).json()["results"] == [] and statuses(batch) == ["queued"] * 3
    assert len(signed_in(somebody("root", is_staff=True)).get(URL).json()["results"]) == 1


def test_many_cost_the_same_queries_as_few(client: Client, user, django_assert_max_num_queries):
    for number in (5, 40):
        for _ in range(number):
            a_batch(user)
        with django_assert_max_num_queries(5):
            client.get(URL, {"limit": 100})
