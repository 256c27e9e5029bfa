"""Long lists over HTTP, page by page: every row once and in order, and no cursor that breaks anything."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sounds.models import Sound
from tests.support.library import a_sound, problem, signed_in, somebody

pytestmark = pytest.mark.django_db

SOUNDS = "/api/sounds"
MANY = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def client() -> Client:
    return signed_in(somebody())


def walk(client: Client, url: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of all pages, one after the other."""
    answer = client.get(url, query).json()
    rows = answer["results"]
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        assert answer["results"], "a page that was announced has rows"
        rows += answer["results"]
    return rows


def cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@given(
    titles=st.lists(st.sampled_from(["a", "A", "b", "ä", "", "z z", "日本", "🔔", "%20&="]), max_size=12),
    limit=st.integers(1, 5),
    ordering=st.sampled_from(["title", "-title", "created_at", "-created_at"]),
)
@MANY
def test_all_pages_hold_every_row_once_in_order(client: Client, titles, limit, ordering):
    Sound.objects.all().delete()
    made = []
    for number, title in enumerate(titles):
        a_sound(title, seed=number)
        made.append((title.encode() if "title" in ordering else b"", number))
    wanted = sorted(made, reverse=ordering.startswith("-"))
    rows = walk(client, SOUNDS, limit=limit, ordering=ordering)
    assert [row["seed"] for row in rows] == [number for _, number in wanted]


@given(
    values=st.lists(st.sampled_from([0.5, 0.1 + 0.2, 0.3, 1 / 3, 5.0]), min_size=1, max_size=12),
    limit=st.integers(1, 4),
    down=st.booleans(),
)
@MANY
def test_ties_of_numbers_that_are_no_round_ones_lose_no_row(client: Client, values, limit, down):
    Sound.objects.all().delete()
    for value in values:
        a_sound(duration_s=value)
    rows = walk(client, SOUNDS, limit=limit, ordering="-duration_s" if down else "duration_s")
    assert [row["duration_s"] for row in rows] == sorted(values, reverse=down)
    assert len({row["id"] for row in rows}) == len(values)


def test_rows_that_come_and_go_meanwhile_move_no_others(client: Client):
    old = [a_sound(str(number)) for number in range(6)]
    first = client.get(SOUNDS, {"limit": 3, "ordering": "created_at"}).json()
    old[1].delete()
    a_sound("new")
    rest = client.get(first["next"]).json()["results"]
    assert [row["title"] for row in rest] == ["3", "4", "5"]


def test_filters_go_along_from_page_to_page(client: Client):
    for number in range(5):
        a_sound(f"bell {number}", hook="idle" if number % 2 else "")
    assert [row["title"] for row in walk(client, SOUNDS, search="bell", hook="idle", limit=1)] == [
        "bell 3",
        "bell 1",
    ]


def test_the_last_page_says_that_it_is(client: Client):
    for _ in range(4):
        a_sound()
    assert client.get(SOUNDS, {"limit": 4}).json()["next"] is None
    assert client.get(SOUNDS, {"limit": 3}).json()["next"]


@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "1.5", "ten", "", "٣", "1e2", "0000000019999", "9" * 5000, "+5", " 5"]
)
def test_a_limit_that_is_none_is_refused(client: Client, limit):
    assert problem(client.get(SOUNDS, {"limit": limit}), 400)["errors"]["limit"]


@pytest.mark.parametrize("ordering", ["", "colour", "pk", "--title", "-", "owner__password", "title,rank"])
def test_an_ordering_that_there_is_not_names_those_there_are(client: Client, ordering):
    told = problem(client.get(SOUNDS, {"ordering": ordering}), 400)
    assert "created_at, title" in told["errors"]["ordering"]


@pytest.mark.parametrize(
    "place",
    [
        [],
        {},
        None,
        "title",
        ["title", "a"],
        ["duration_s", 1.0, 5],  # of another ordering
        ["title", None, 5],
        ["title", [1], 5],
        ["title", "a", None],
        ["title", "a", -1],
        ["title", "a", 2**63],
        ["title", "a", 1.5],
        ["title", "a", float("inf")],
        ["title", "\ud800", 5],
    ],
)
def test_a_cursor_that_is_none_is_refused(client: Client, place):
    text = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    told = problem(client.get(SOUNDS, {"ordering": "title", "cursor": text}), 400)
    assert "begin again" in told["errors"]["cursor"]


@pytest.mark.parametrize("value", ["abc", None, 10**400, float("nan"), float("inf"), [1], {"a": 1}, ""])
@pytest.mark.parametrize("ordering", ["duration_s", "quality"])
def test_a_cursor_whose_value_the_field_cannot_have_breaks_nothing(client: Client, ordering, value):
    a_sound()
    answer = client.get(SOUNDS, {"ordering": ordering, "cursor": cursor(ordering, value, 5)})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("text", ["x", "é", "====", "W1td", "[" * 5000, "null", "A" * 4096])
def test_a_cursor_that_is_nonsense_is_refused(client: Client, text):
    problem(client.get(SOUNDS, {"cursor": text}), 400)
    deep = base64.urlsafe_b64encode(b"[" * 3000).decode()
    problem(client.get(SOUNDS, {"cursor": deep}), 400)


@given(place=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
@MANY
def test_whatever_a_cursor_says_is_a_page_or_refused(client: Client, place):
    for ordering in ("-created_at", "title", "quality", "duration_s", "rank"):
        text = cursor(ordering, place, 7)
        assert client.get(SOUNDS, {"ordering": ordering, "cursor": text}).status_code in (200, 400)


@pytest.mark.parametrize("url", [SOUNDS, "/api/jobs", "/api/batches", "/api/collections", "/api/packs"])
def test_a_parameter_that_there_is_not_is_refused_by_name(client: Client, url):
    told = problem(client.get(url, {"colour": "red", "limit": 5}), 400)
    assert set(told["errors"]) == {"colour"} and "ordering" in told["errors"]["colour"]
