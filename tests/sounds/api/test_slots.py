"""Slots over HTTP: enabled, locked, chosen for and taken back."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from accounts.models import User
from sounds.models import Choice, Collection
from tests.support.library import JSON, a_collection, a_sound, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(user: User) -> Collection:
    return a_collection(user, "task_complete", "tool_error")


@pytest.fixture
def url(collection) -> str:
    return f"/api/collections/{collection.uuid}/slots/task_complete"


@pytest.fixture
def take(collection):
    return a_sound(slot=collection.slots.get(key="task_complete"))


def test_they_are_listed_in_their_order(client: Client, collection, url):
    listed = client.get(url.removesuffix("/task_complete")).json()
    assert [slot["key"] for slot in listed] == ["task_complete", "tool_error"]
    assert client.get(url).json() == listed[0]
    assert listed[0] | {"hook": None} == {
        "key": "task_complete", "position": 0, "hook": None, "enabled": True, "locked": False, "chosen": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["enabled", "locked"])
def test_each_switch_is_turned_by_itself(client: Client, url, name):
    before = client.get(url).json()
    turned = client.patch(url, {name: not before[name]}, JSON).json()
    assert turned == before | {name: not before[name]}
    form = f"{name}={str(before[name]).lower()}"
    assert client.patch(url, form, "application/x-www-form-urlencoded").json() == before
    assert client.patch(url, {}, JSON).json() == before


@pytest.mark.parametrize(
    "change, field",
    [
        ({"enabled": None}, "enabled"),
        ({"locked": "perhaps"}, "locked"),
        ({"enabled": []}, "enabled"),
        ({"chosen": None}, "chosen"),
        ({"key": "idle"}, "key"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, url, change, field):
    assert set(problem(client.patch(url, change, JSON), 400)["errors"]) == {field}


def test_one_of_its_takes_is_chosen_and_taken_back(client: Client, url, take, collection, user):
    other = a_sound(slot=take.slot, take_no=2)
    choose, undo = f"{url}/choose", f"{url}/undo"
    assert client.post(choose, {"sound": str(take.uuid)}, JSON).json()["chosen"] == str(take.uuid)
    assert client.post(choose, {"sound": str(take.uuid)}, JSON).status_code == 200, "again is no step"
    assert client.post(choose, {"sound": str(other.uuid)}, JSON).json()["chosen"] == str(other.uuid)
    assert client.post(choose, {"sound": None}, JSON).json()["chosen"] is None
    assert {choice.by for choice in Choice.objects.all()} == {user} and Choice.objects.count() == 3
    seen = [client.post(undo).json()["chosen"] for _ in range(3)]
    assert seen == [str(other.uuid), str(take.uuid), None]
    assert "Nothing was chosen" in problem(client.post(undo), 409)["detail"]


def test_only_a_take_of_the_slot_can_be_chosen(client: Client, url, collection, user):
    elsewhere = a_sound(slot=collection.slots.get(key="tool_error"))
    foreign = a_sound(slot=a_collection(user).slots.get())
    for wrong in (elsewhere.uuid, foreign.uuid, a_sound().uuid, uuid.uuid4()):
        told = problem(client.post(f"{url}/choose", {"sound": str(wrong)}, JSON), 400)
        assert "no such take" in told["errors"]["sound"]
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"sound": ""}, {"sound": "x"}, {"sound": []}, {"sound": 5.5}, {"take": None}]
)
def test_a_choice_that_is_none_is_refused(client: Client, url, body):
    problem(client.post(f"{url}/choose", body, JSON), 400)


def test_a_locked_slot_keeps_its_choice_until_it_is_unlocked(client: Client, url, take):
    client.post(f"{url}/choose", {"sound": str(take.uuid)}, JSON)
    client.patch(url, {"locked": True}, JSON)
    for answer in (client.post(f"{url}/choose", {"sound": None}, JSON), client.post(f"{url}/undo")):
        assert "task_complete is locked" in problem(answer, 423)["detail"]
    client.patch(url, {"locked": False}, JSON)
    assert client.post(f"{url}/undo").status_code == 200


def test_what_is_chosen_behind_a_lock_is_not_deleted(client: Client, collection, url, user):
    mine = a_sound(slot=collection.slots.get(key="task_complete"), owner=user)
    client.post(f"{url}/choose", {"sound": str(mine.uuid)}, JSON)
    client.patch(url, {"locked": True}, JSON)
    problem(client.delete(f"/api/sounds/{mine.uuid}"), 423)
    client.patch(url, {"locked": False}, JSON)
    collection.lock()
    problem(client.delete(f"/api/sounds/{mine.uuid}"), 423)
    collection.unlock()
    assert client.delete(f"/api/sounds/{mine.uuid}").status_code == 204
    assert client.get(url).json()["chosen"] is None


def test_what_is_not_there_is_not_found(client: Client, url):
    for path in ("/none", "/none/choose", "/task%20complete", f"/{'x' * 300}"):
        base = url.removesuffix("/task_complete")
        method = client.post if path.endswith("choose") else client.get
        problem(method(base + path), 404)
    problem(client.get(f"/api/collections/{uuid.uuid4()}/slots"), 404)
    problem(client.get("/api/collections/1/slots"), 404)
