"""Jobs over HTTP: looked at, cancelled, retried."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Job, NewJob, Status
from tests.support.library import problem, signed_in, somebody

pytestmark = pytest.mark.django_db

URL = "/api/jobs"


def jobs_of(owner: User | None, *labels: str, lane: str = "procedural", kind: str = "test") -> list[Job]:
    new = [NewJob(kind=kind, lane=lane, label=label) for label in labels]
    return list(Job.objects.submit(new, owner=owner, wake=False).jobs.order_by("id"))


def found(client: Client, **query) -> list[str]:
    return [job["label"] for job in client.get(URL, query).json()["results"]]


def test_ones_own_are_listed_the_newest_first_and_everybodys_for_staff(client: Client, user):
    jobs_of(user, "one", "two")
    jobs_of(None, "of nobody")
    jobs_of(somebody("eve"), "of eve")
    assert found(client) == ["two", "one"] and found(client, ordering="created_at") == ["one", "two"]
    assert len(found(signed_in(somebody("root", is_staff=True)))) == 4


def test_a_job_says_how_it_stands(client: Client, user):
    (job,) = jobs_of(user, "one")
    Job.objects.claim("me").report(1 / 3, "a third")
    told = client.get(f"{URL}/{job.uuid}").json()
    assert (told["status"], told["progress"], told["message"]) == ("processing", 33.3, "a third")
    assert (told["tier"], told["lane"], told["attempt"]) == ("standard", "procedural", 1)
    assert told["batch"] == str(job.batch.uuid) and told["finished_at"] is None
    assert not {"payload", "claimed_by", "owner"} & set(told)


def test_they_are_filtered(client: Client, user):
    jobs_of(user, "a", lane="network", kind="upload")
    (done, _) = jobs_of(user, "b", "c")
    done.cancel()
    assert found(client, lane="network") == ["a"] and found(client, kind="test") == ["c", "b"]
    assert found(client, status="cancelled") == ["b"] and found(client, status="queued") == ["c", "a"]
    assert found(client, batch=done.batch.uuid, status="queued") == ["c"]
    for name, value in (("status", "running"), ("status", "succeeded"), ("batch", "1"), ("label", "a")):
        assert set(problem(client.get(URL, {name: value}), 400)["errors"]) == {name}


def test_cancel_and_retry_are_there_and_back(client: Client, user):
    one, two = jobs_of(user, "one", "two")
    assert client.post(f"{URL}/{one.uuid}/cancel").json()["status"] == "cancelled"
    problem(client.post(f"{URL}/{one.uuid}/cancel"), 409)
    told = client.post(f"{URL}/{one.uuid}/retry").json()
    assert (told["status"], told["finished_at"], told["cancel_requested"]) == ("queued", None, False)
    problem(client.post(f"{URL}/{one.uuid}/retry"), 409)
    two.refresh_from_db()
    assert two.status == Status.QUEUED and two.events.count() == 1


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING, Status.SUCCEEDED])
def test_what_did_not_end_badly_is_not_retried(client: Client, user, status):
    (job,) = jobs_of(user, "one")
    Job.objects.update(status=status)
    assert "failed or was cancelled" in problem(client.post(f"{URL}/{job.uuid}/retry"), 409)["detail"]
    assert Job.objects.get().status == status


def test_a_failed_one_says_why_and_is_retried_with_a_clean_slate(client: Client, user):
    (job,) = jobs_of(user, "one")
    Job.objects.claim("me").fail("No luck.")
    assert client.get(f"{URL}/{job.uuid}").json()["error"] == "No luck."
    told = client.post(f"{URL}/{job.uuid}/retry").json()
    assert (told["status"], told["error"], told["progress"]) == ("queued", "", 0)


def test_a_running_one_is_asked_to_stop(client: Client, user):
    (job,) = jobs_of(user, "one")
    running = Job.objects.claim("me")
    told = client.post(f"{URL}/{job.uuid}/cancel").json()
    assert (told["status"], told["cancel_requested"]) == ("processing", True)
    assert running.wants_to_stop()


@pytest.mark.parametrize("verb", ["", "/cancel", "/retry"])
def test_somebody_elses_is_not_there(client: Client, verb):
    (job,) = jobs_of(somebody("eve"), "of eve")
    answer = client.post(f"{URL}/{job.uuid}{verb}") if verb else client.get(f"{URL}/{job.uuid}")
    problem(answer, 404)
    assert Job.objects.get().status == Status.QUEUED


def test_many_cost_the_same_queries_as_few(client: Client, user, django_assert_max_num_queries):
    for number in (5, 50):
        jobs_of(user, *map(str, range(number)))
        with django_assert_max_num_queries(4):
            client.get(URL, {"limit": 100})
