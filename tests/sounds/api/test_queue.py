"""The queue over HTTP: in the order in which it will run, and no job ended but the one that was meant."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from jobs.models import Job, NewJob, Status, Tier
from tests.support.briefs import submit
from tests.support.library import problem, signed_in, somebody

pytestmark = pytest.mark.django_db

URL = "/api/queue"


def labels(answer) -> list[str]:
    return [item["label"] for item in answer.json()["items"]]


def test_what_runs_comes_first_then_what_waits_in_its_order_then_what_ended(client: Client, user):
    submit(["running", "ended"], owner=user, wake=False)
    Job.objects.claim("me")
    Job.objects.get(label="ended").cancel()
    submit(["later"], owner=user, tier=Tier.FREE, wake=False)
    submit(["sooner"], owner=user, tier=Tier.ADMIN, wake=False)
    answer = client.get(URL)
    assert labels(answer) == ["running", "sooner", "later", "ended"]
    told = answer.json()
    assert (told["processing"], told["queued"], told["next"]) == (1, 2, None)
    statuses = [item["status"] for item in told["items"]]
    assert statuses == ["processing", "queued", "queued", "cancelled"]
    assert [item["position"] for item in told["items"]] == [None, 1, 2, None]


def test_an_empty_queue_is_a_queue(client: Client):
    assert client.get(URL).json() == {"items": [], "queued": 0, "processing": 0, "next": None}


def test_each_lane_has_a_line_of_its_own(client: Client, user):
    for lane in ("procedural", "network", "procedural", "network"):
        Job.objects.submit([NewJob(kind="test", lane=lane, label=lane)], owner=user, wake=False)
    items = client.get(URL).json()["items"]
    places = [(item["lane"], item["position"]) for item in items]
    assert places == [("network", 1), ("network", 2), ("procedural", 1), ("procedural", 2)]


def test_pages_hold_every_job_once(client: Client, user):
    submit([str(number) for number in range(7)], owner=user, wake=False)
    Job.objects.claim("me")
    Job.objects.claim("you")
    for limit in (1, 2, 3, 6, 7):
        seen, url = [], f"{URL}?limit={limit}"
        while url:
            answer = client.get(url)
            assert len(answer.json()["items"]) <= limit
            seen += labels(answer)
            url = answer.json()["next"]
        assert seen == [str(number) for number in range(7)], limit


def test_what_ended_long_ago_is_no_news(client: Client, user):
    submit(["old"], owner=user, wake=False)
    job = Job.objects.get()
    job.cancel()
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=2))
    assert labels(client.get(URL)) == []


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("value", ["-1", "x", "1.5", "", "9" * 20, "9" * 5000, "0" * 12 + "9" * 5000, "٣"])
def test_a_page_that_cannot_be_is_refused(client: Client, name, value):
    assert name in problem(client.get(URL, {name: value}), 400)["errors"]


def test_limits_end_at_a_hundred_and_begin_at_one(client: Client):
    for limit, status in ((0, 400), (1, 200), (100, 200), (101, 400)):
        assert client.get(URL, {"limit": limit}).status_code == status
    assert client.get(URL, {"offset": 10**9}).status_code == 200
    problem(client.get(URL, {"page": 2}), 400)


def test_others_see_only_their_own_and_staff_see_all(client: Client, user):
    submit(["of ada"], owner=user, wake=False)
    submit(["of nobody"], owner=None, wake=False)
    assert labels(client.get(URL)) == ["of ada"]
    assert labels(signed_in(somebody("eve")).get(URL)) == []
    assert labels(signed_in(somebody("root", is_staff=True)).get(URL)) == ["of ada", "of nobody"]


def test_a_waiting_job_is_cancelled_at_once_and_only_that_one(client: Client, user):
    submit(["one", "two", "three"], owner=user, wake=False)
    two = Job.objects.get(label="two")
    assert client.delete(f"{URL}/{two.uuid}").status_code == 204
    statuses = list(Job.objects.order_by("id").values_list("status", flat=True))
    assert statuses == ["queued", "cancelled", "queued"]


def test_a_running_job_is_asked_to_stop_and_may_be_asked_twice(client: Client, user):
    submit(["one", "two"], owner=user, wake=False)
    job = Job.objects.claim("me")
    for _ in range(2):
        assert client.delete(f"{URL}/{job.uuid}").status_code == 204
    assert job.wants_to_stop() and Job.objects.filter(cancel_requested=True).count() == 1
    assert job.events.filter(type="cancel_requested").count() == 1


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
def test_one_that_has_ended_has_ended(client: Client, user, status):
    submit(["one"], owner=user, wake=False)
    Job.objects.update(status=status)
    assert "ended already" in problem(client.delete(f"{URL}/{Job.objects.get().uuid}"), 409)["detail"]
    assert Job.objects.get().status == status


def test_somebody_elses_is_not_there_and_stays(client: Client):
    submit(["of eve"], owner=somebody("eve"), wake=False)
    job = Job.objects.get()
    problem(client.delete(f"{URL}/{job.uuid}"), 404)
    problem(client.delete(f"{URL}/{uuid.uuid4()}"), 404)
    problem(client.delete(f"{URL}/{job.pk}"), 404)
    assert Job.objects.get().status == Status.QUEUED
    assert signed_in(somebody("root", is_staff=True)).delete(f"{URL}/{job.uuid}").status_code == 204


def test_a_long_queue_costs_the_same_queries(client: Client, user, django_assert_max_num_queries):
    for number in (3, 60):
        submit([str(n) for n in range(number)], owner=user, wake=False)
        with django_assert_max_num_queries(9):
            assert client.get(URL, {"limit": 100}).status_code == 200
