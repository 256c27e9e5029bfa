"""Who may follow what."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from rest_framework.response import Response

from accounts.models import Token, User
from jobs.models import Job, NewJob, Tier
from jobs.stream.access import Admission, admit
from jobs.stream.sight import Sight

pytestmark = pytest.mark.django_db


def ask(query: str = "", method: str = "GET", **headers: str) -> Admission | Response:
    lines = {"host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": "/api/queue/events",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in lines.items()],
    }
    return admit(scope)


def refusal(query: str = "", **headers: str) -> dict[str, Any]:
    answer = ask(query, **headers)
    assert isinstance(answer, Response)
    return answer.data


def submit(owner: User | None) -> Job:
    tier = Tier.STANDARD if owner else Tier.FREE
    new = NewJob(kind="nothing", lane="procedural")
    batch = Job.objects.submit([new], owner=owner, tier=tier, wake=False)
    return batch.jobs.get()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", password="a password of hers")


@pytest.fixture
def bearer(ann: User) -> str:
    return f"Bearer {Token.objects.issue(ann, name='test')[1]}"


@pytest.fixture
def cookie(ann: User, client: Client) -> str:
    client.force_login(ann)
    return f"sessionid={client.cookies['sessionid'].value}"


def test_a_token_shows_what_is_its_owners(ann, bearer):
    assert ask(Authorization=bearer) == Admission(Sight(owner_id=ann.pk), after=0, newest=0)


def test_a_login_does_as_well(ann, cookie):
    assert ask(Cookie=cookie) == Admission(Sight(owner_id=ann.pk), after=0, newest=0)


def test_staff_see_everybodys(ann, bearer):
    User.objects.update(is_staff=True)
    answer = ask(Authorization=bearer)
    assert isinstance(answer, Admission)
    assert answer.sight.everybodys


@pytest.mark.parametrize("how", ["revoked", "unknown", "inactive"])
def test_a_token_that_is_no_longer_good_is_refused(how, ann, bearer):
    if how == "revoked":
        Token.objects.get().revoke()
    if how == "unknown":
        Token.objects.all().delete()
    if how == "inactive":
        User.objects.update(is_active=False)
    answer = ask(Authorization=bearer)
    assert isinstance(answer, Response)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.data["detail"] == "This token is unknown, expired or revoked; make a new one."


def test_a_login_ends_with_the_session_the_account_or_the_password(ann, cookie, client):
    User.objects.update(is_active=False)
    assert refusal(Cookie=cookie)["status"] == 401
    User.objects.update(is_active=True)
    assert isinstance(ask(Cookie=cookie), Admission)
    ann.set_password("another password of hers")
    ann.save()
    assert refusal(Cookie=cookie)["status"] == 401
    client.logout()
    assert refusal(Cookie=cookie)["status"] == 401


@pytest.mark.parametrize("cookie", ["", "sessionid=nonsense", "sessionid=", "=;;=", "sessionid=\xff"])
def test_who_is_not_signed_in_is_refused(cookie):
    assert refusal(Cookie=cookie)["status"] == 401
    assert refusal(f"job={submit(None).uuid}", Cookie=cookie)["status"] == 401


def test_where_anonymous_callers_are_allowed_they_may_follow_what_is_nobodys_by_its_name(settings, ann):
    settings.ALLOW_ANONYMOUS = True
    nobodys, anns = submit(None), submit(ann)
    answer = ask(f"job={nobodys.uuid}")
    assert isinstance(answer, Admission)
    assert answer.sight == Sight(owner_id=None, job_id=nobodys.pk)
    assert isinstance(ask(f"batch={nobodys.batch.uuid}"), Admission)
    assert refusal(f"job={anns.uuid}")["status"] == 404
    assert refusal(f"batch={anns.batch.uuid}")["status"] == 404
    assert refusal()["status"] == 401
    assert refusal("job=")["status"] == 400


def test_somebody_elses_job_is_not_there(bearer):
    theirs = submit(User.objects.create_user("bob"))
    for query in (f"job={theirs.uuid}", f"batch={theirs.batch.uuid}", f"job={uuid.uuid4()}"):
        assert refusal(query, Authorization=bearer)["status"] == 404


@pytest.mark.parametrize(
    ("query", "headers", "field"),
    [
        ("job=7", {}, "job"),
        ("batch=x", {}, "batch"),
        ("job=", {}, "job"),
        ("last_event_id=-1", {}, "last_event_id"),
        ("last_event_id=", {}, "last_event_id"),
        ("", {"Last_Event_ID": "seven"}, "Last-Event-ID"),
        ("", {"Last_Event_ID": "²"}, "Last-Event-ID"),
        ("", {"Last_Event_ID": "9" * 19}, "Last-Event-ID"),
        ("", {"Last_Event_ID": "9" * 5000}, "Last-Event-ID"),
        ("jobs=7", {}, "jobs"),
    ],
)
def test_what_is_wrong_with_a_question_is_told_by_its_name(query, headers, field, bearer):
    problem = refusal(query, Authorization=bearer, **headers)
    assert problem["status"] == 400
    assert list(problem["errors"]) == [field]
    assert problem["detail"].startswith(f"{field}: ")


def test_the_header_is_newer_than_the_parameter(ann, bearer):
    old, newer, newest = (submit(ann).events.get().pk for _ in range(3))
    answer = ask(f"last_event_id={old}", Authorization=bearer, Last_Event_ID=str(newer))
    assert answer == Admission(Sight(owner_id=ann.pk), after=newer, newest=newest)


def test_a_strange_host_is_refused_whoever_asks(bearer):
    assert refusal(Authorization=bearer, Host="evil.example")["status"] == 400


def test_nothing_but_reading_is_possible(bearer):
    answer = ask(method="POST", Authorization=bearer)
    assert isinstance(answer, Response)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
