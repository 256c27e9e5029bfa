"""Collections over HTTP: made, named, locked, deleted."""

from __future__ import annotations

import pytest
from django.test import Client

from packs.models import Pack
from sounds.models import Collection, Hook, Sound
from tests.support.library import JSON, a_collection, a_sound, problem, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]

URL = "/api/collections"


def test_one_that_names_no_hooks_has_a_slot_for_each(client: Client):
    Hook.objects.filter(slug="idle").update(enabled=False)
    answer = client.post(URL, {"title": "Mine", "theme": "sci-fi", "variation": "hologram"}, JSON)
    told = answer.json()
    assert answer.status_code == 201 and (told["theme"], told["variation"]) == ("sci-fi", "hologram")
    keys = [slot["key"] for slot in told["slots"]]
    assert len(keys) == 14 and "idle" not in keys
    assert keys == [hook.slug for hook in Hook.objects.filter(enabled=True).order_by("position")]
    assert told["owner"] == "ada" and told["kind"] == "pack" and told["pack"] is None
    assert client.get(f"{URL}/{told['id']}").json() == told


def test_hooks_named_twice_are_one_slot(client: Client):
    told = client.post(URL, {"title": "x", "hooks": ["idle", "tool_error", "idle"]}, JSON).json()
    assert sorted(slot["key"] for slot in told["slots"]) == ["idle", "tool_error"]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": 5}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"theme": "none"}, "theme"),
        ({"variation": "hologram"}, "theme"),
        ({"theme": "jazz", "variation": "hologram"}, "variation"),
        ({"hooks": ["lunch"]}, "hooks"),
        ({"hooks": "idle"}, "hooks"),
        ({"hooks": [5]}, "hooks.0"),
        ({"hooks": ["idle"] * 201}, "hooks"),
        ({"prompt": "x" * 1001}, "prompt"),
        ({"owner": "eve"}, "owner"),
        ({"locked_at": None}, "locked_at"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, change, field):
    answer = client.post(URL, {"title": "Mine"} | change, JSON)
    assert set(problem(answer, 400)["errors"]) == {field}
    assert not Collection.objects.exists()


def test_it_can_be_given_another_title_and_nothing_else_changes(client: Client, user):
    collection = a_collection(user, prompt="wooden")
    told = client.patch(f"{URL}/{collection.uuid}", {"title": "Ours"}, JSON).json()
    assert (told["title"], told["prompt"]) == ("Ours", "wooden")
    assert client.patch(f"{URL}/{collection.uuid}", {"prompt": ""}, JSON).json()["prompt"] == ""
    assert client.patch(f"{URL}/{collection.uuid}", {}, JSON).status_code == 200
    problem(client.patch(f"{URL}/{collection.uuid}", {"theme": "jazz"}, JSON), 400)
    problem(client.put(f"{URL}/{collection.uuid}", {"title": "x"}, JSON), 405)


def test_a_locked_one_stays_as_it_is_until_it_is_unlocked(client: Client, user):
    collection = a_collection(user)
    url = f"{URL}/{collection.uuid}"
    locked = client.post(f"{url}/lock").json()["locked_at"]
    assert locked and client.post(f"{url}/lock").json()["locked_at"] == locked, "twice is once"
    slot = f"{url}/slots/task_complete"
    for answer in (
        client.patch(url, {"title": "x"}, JSON),
        client.delete(url),
        client.patch(slot, {"enabled": False}, JSON),
        client.post(f"{slot}/choose", {"sound": None}, JSON),
        client.post(f"{slot}/undo"),
        client.post("/api/generate/batch", {"collection": str(collection.uuid)}, JSON),
    ):
        assert "unlock it" in problem(answer, 423)["detail"]
    assert client.post(f"{url}/unlock").json()["locked_at"] is None
    assert client.patch(url, {"title": "x"}, JSON).status_code == 200


def test_deleting_one_leaves_its_takes_in_the_library(client: Client, user):
    collection = a_collection(user)
    sound = a_sound(slot=collection.slots.get())
    assert client.delete(f"{URL}/{collection.uuid}").status_code == 204
    assert Sound.objects.get().slot is None and not Collection.objects.exists()
    problem(client.get(f"{URL}/{collection.uuid}"), 404)
    assert client.get(f"/api/sounds/{sound.uuid}").json()["collection"] is None


def test_one_that_a_pack_is_made_of_stays(client: Client, user):
    collection = a_collection(user)
    Pack.objects.create_for(collection)
    assert client.get(f"{URL}/{collection.uuid}").json()["pack"] == "mine"
    assert "delete the pack first" in problem(client.delete(f"{URL}/{collection.uuid}"), 409)["detail"]


def test_they_can_be_filtered_and_ordered(client: Client, user):
    a_collection(user, title="b")
    a_collection(somebody("eve"), title="a").lock()

    def titles(**query) -> list[str]:
        return [row["title"] for row in client.get(URL, query).json()["results"]]

    assert titles() == ["a", "b"] and titles(ordering="-title") == ["b", "a"]
    assert titles(owner="ada") == ["b"] and titles(locked="true") == ["a"] and titles(locked="0") == ["b"]
    assert titles(theme="jazz") == [] and titles(kind="pack", owner="eve") == ["a"]
    problem(client.get(URL, {"locked": "perhaps"}), 400)


def test_many_cost_the_same_queries_as_few(client: Client, user, django_assert_max_num_queries):
    for number in (3, 40):
        for _ in range(number):
            collection = a_collection(user, "idle", "tool_error", "task_complete")
            collection.slots.first().choose(a_sound(slot=collection.slots.first()))
        with django_assert_max_num_queries(8):
            assert client.get(URL, {"limit": 100}).status_code == 200
