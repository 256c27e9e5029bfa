"""How much anybody may ask for, by who he is."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import Scope, User
from jobs import throttles
from jobs.throttles import spend_sounds
from tests.support.library import bearer, problem, signed_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_spent_yet() -> None:
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    """A time that goes on only when it is told to."""

    class Clock:
        now = 1_000_000.0

        def time(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(throttles, "time", clock)
    return clock


@pytest.fixture
def few(settings) -> None:
    settings.REQUESTS_A_MINUTE = [None, 5, 3, 2]
    settings.SOUNDS_AN_HOUR = [None, 50, 30, 10]


def request(user: User | None = None, address: str = "10.0.0.1") -> Request:
    asked = Request(APIRequestFactory().post("/", REMOTE_ADDR=address))
    if user:
        asked.user = user
    return asked


def spent(user: User | None, *numbers: int, address: str = "10.0.0.1") -> list[bool]:
    """Whether each of those numbers of sounds was there to be spent."""
    answers = []
    for number in numbers:
        try:
            spend_sounds(request(user, address), number)
        except Throttled:
            answers.append(False)
        else:
            answers.append(True)
    return answers


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("more, allowed", [({}, 3), ({"group": "premium"}, 5)])
def test_so_many_requests_a_minute_and_then_none(more, allowed, clock):
    client = signed_in(somebody(**more))
    for _ in range(allowed):
        assert client.get("/api/jobs").status_code == 200
    clock.now += 20
    answer = client.get("/api/jobs")
    assert "Request was throttled" in problem(answer, 429)["detail"] and answer["Retry-After"] == "40"
    clock.now += 39.9
    problem(client.get("/api/jobs"), 429)
    clock.now += 0.2
    assert client.get("/api/jobs").status_code == 200


@pytest.mark.usefixtures("few")
def test_staff_have_no_limit():
    client = signed_in(somebody(is_staff=True))
    assert {client.get("/api/jobs").status_code for _ in range(20)} == {200}
    assert spent(User.objects.get(), 100_000, 100_000) == [True, True]


@pytest.mark.usefixtures("few")
def test_people_have_their_own_and_their_programs_share_it():
    ada, grace = somebody("ada"), somebody("grace")
    client, header = signed_in(ada), bearer(ada)
    assert [client.get("/api/jobs").status_code for _ in range(2)] == [200, 200]
    assert Client().get("/api/jobs", headers=header).status_code == 200
    assert Client().get("/api/jobs", headers=bearer(ada, Scope.GENERATE)).status_code == 429
    assert signed_in(grace).get("/api/jobs").status_code == 200


@pytest.mark.usefixtures("few")
def test_a_window_slides_it_does_not_jump(clock):
    user = somebody()
    assert spent(user, 20) == [True]
    clock.now += 1800
    assert spent(user, 10, 1) == [True, False]
    clock.now += 1801  # the first twenty are free again, the ten are not
    assert spent(user, 20, 1) == [True, False]
    clock.now += 3601
    assert spent(user, 30) == [True]


@pytest.mark.usefixtures("few")
def test_how_long_to_wait_is_until_enough_are_free(clock):
    user = somebody()
    spend_sounds(request(user), 10)
    clock.now += 600
    spend_sounds(request(user), 20)
    with pytest.raises(Throttled) as one:
        spend_sounds(request(user), 1)
    with pytest.raises(Throttled) as many:
        spend_sounds(request(user), 11)
    assert (one.value.wait, many.value.wait) == (3000, 3600)


@pytest.mark.usefixtures("few")
def test_what_was_refused_is_not_counted():
    user = somebody()
    assert spent(user, 25, 10, 10, 5, 1) == [True, False, False, True, False]


@pytest.mark.usefixtures("few")
def test_nothing_is_always_there():
    user = somebody()
    assert spent(user, 0, 30, 0, 0) == [True] * 4


@pytest.mark.usefixtures("few")
def test_addresses_are_told_apart_and_from_people():
    assert spent(None, 10, 1) == [True, False]
    assert spent(None, 10, 1, address="10.0.0.2") == [True, False]
    assert spent(None, 1, address="fe80::1%eth0") == [True]
    assert spent(somebody(), 30) == [True]


@pytest.mark.usefixtures("few")
def test_a_clock_that_was_put_back_locks_nobody_out(clock):
    user = somebody()
    assert spent(user, 30, 1) == [True, False]
    clock.now -= 86_400
    assert spent(user, 30) == [True]
