"""All sounds of a theme at once over HTTP: into a pack of one's own, or a collection."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Batch, Job
from jobs.run import drain
from packs.models import Pack
from sounds.models import Collection, Hook, Slot, Theme
from tests.support.library import JSON, a_collection, problem, signed_in, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]

URL = "/api/generate/batch"
WISH = {"theme": "sci-fi", "engine": "steady", "hooks": ["task_complete", "tool_error"]}


def a_themed(owner: User, *keys: str, **more) -> Collection:
    return a_collection(owner, *keys, theme=Theme.objects.get(slug="jazz"), **more)


def fill(client: Client, collection: Collection, **more):
    return client.post(URL, {"collection": str(collection.uuid), "engine": "steady"} | more, JSON)


def test_one_job_for_each_hook_in_one_batch_and_the_first_take_is_chosen(client: Client, user):
    answer = client.post(URL, WISH | {"takes": 2, "seed": 5}, JSON)
    told = answer.json()
    assert answer.status_code == 202 and (told["status"], told["pack"]) == ("queued", "sci-fi")
    assert len(told["jobs"]) == 4 and {job["batch"] for job in told["jobs"]} == {told["batch_id"]}
    assert {job["hook"] for job in told["jobs"]} == {"task_complete", "tool_error"}
    drain()
    batch = client.get(f"/api/batches/{told['batch_id']}").json()
    assert batch["jobs"]["completed"] == 4 and batch["progress"] == 100
    slots = Slot.objects.filter(collection__uuid=told["collection"])
    assert {slot.chosen.seed for slot in slots} == {5} and {slot.takes.count() for slot in slots} == {2}
    assert Pack.objects.get().collection.owner == user
    again = client.post(URL, WISH | {"takes": 2, "seed": 5}, JSON)
    assert again.status_code == 200 and len(again.json()["sounds"]) == 4 and Job.objects.count() == 4


def test_without_hooks_all_of_them_are_made(client: Client):
    Hook.objects.filter(slug="idle").update(enabled=False)
    told = client.post(URL, {"theme": "jazz", "engine": "steady"}, JSON).json()
    assert len(told["jobs"]) == 14 and "idle" not in {job["hook"] for job in told["jobs"]}


def test_without_a_seed_each_call_makes_others(client: Client):
    for _ in range(2):
        assert client.post(URL, WISH, JSON).status_code == 202
    fingerprints = {json.dumps(job.payload["brief"], sort_keys=True) for job in Job.objects.all()}
    assert len(fingerprints) == 4 and Pack.objects.count() == 1


def test_another_persons_pack_of_the_same_theme_is_not_touched(client: Client):
    slugs = [client.post(URL, WISH, JSON).json()["pack"]]
    first = Pack.objects.get()
    for name in ("eve", "bob", "eve"):
        other = signed_in(User.objects.filter(username=name).first() or somebody(name))
        slugs.append(other.post(URL, WISH, JSON).json()["pack"])
    assert slugs[0] == "sci-fi" and len(set(slugs)) == 3 and slugs[1] == slugs[3]
    assert set(Job.objects.filter(owner__username="ada").values_list("payload__slot", flat=True)) == set(
        first.collection.slots.values_list("pk", flat=True)
    )
    others = Job.objects.exclude(owner__username="ada").values_list("payload__slot", flat=True)
    assert not set(others) & set(first.collection.slots.values_list("pk", flat=True))


def test_a_collection_of_ones_own_is_filled(client: Client, user):
    collection = a_themed(user, "idle", "tool_error", "task_complete", prompt="wooden")
    collection.slots.filter(key="idle").update(enabled=False)
    told = fill(client, collection).json()
    assert {job["hook"] for job in told["jobs"]} == {"tool_error", "task_complete"}
    assert told["collection"] == str(collection.uuid) and told["pack"] == "mine"
    briefs = [job.payload["brief"] for job in Job.objects.all()]
    assert {brief["theme"] for brief in briefs} == {"jazz"}
    assert all("wooden" in brief["prompt"] for brief in briefs)
    assert collection.slots.count() == 3, "none was added"
    assert len(fill(client, collection, hooks=["idle"]).json()["jobs"]) == 1


def test_a_collection_with_nothing_to_fill_is_left_as_it_is(client: Client, user):
    collection = a_themed(user, "idle", "tool_error")
    collection.slots.update(enabled=False)
    assert "no enabled slot" in problem(fill(client, collection), 400)["errors"]["collection"]
    assert collection.slots.count() == 2 and not Job.objects.exists()


def test_a_locked_slot_that_has_its_choice_is_left_alone(client: Client, user):
    collection = a_themed(user, "idle", "tool_error")
    fill(client, collection)
    drain()
    slot = collection.slots.get(key="idle")
    slot.locked = True
    slot.save()
    told = fill(client, collection).json()
    assert [job["hook"] for job in told["jobs"]] == ["tool_error"]
    drain()
    assert collection.slots.get(key="idle").chosen == slot.chosen


def test_only_ones_own_collection_is_filled(client: Client, user):
    eves = a_themed(somebody("eve"))
    problem(fill(client, eves), 403)
    problem(fill(client, a_themed(None)), 403)
    bare = a_collection(user)
    assert "no theme" in problem(fill(client, bare), 400)["errors"]["collection"]
    locked = a_themed(user)
    locked.lock()
    problem(fill(client, locked), 423)
    problem(client.post(URL, {"collection": str(uuid.uuid4())}, JSON), 404)
    assert not Job.objects.exists() and not Pack.objects.exists()
    assert fill(signed_in(somebody("root", is_staff=True)), eves).status_code == 202


@pytest.mark.parametrize(
    "change, field",
    [
        ({"theme": "none"}, "theme"),
        ({"theme": None}, "theme"),
        ({"variation": "none"}, "variation"),
        ({"hooks": ["lunch"]}, "hooks"),
        ({"hooks": "idle"}, "hooks"),
        ({"hooks": [None]}, "hooks.0"),
        ({"hooks": ["idle"] * 201}, "hooks"),
        ({"collection": str(uuid.uuid4())}, "theme"),
        ({"engine": "theremin"}, "engine"),
        ({"quality": "divine"}, "quality"),
        ({"takes": 21}, "takes"),
        ({"seed": True}, "seed"),
        ({"formats": ["wav", "exe"]}, "formats.1"),
        ({"formats": "wav"}, "formats"),
        ({"prompt": " "}, "prompt"),
        ({"knobs": {}}, "knobs"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, change, field):
    body = json.dumps(WISH | change)
    assert set(problem(client.post(URL, body, JSON), 400)["errors"]) == {field}
    assert not Batch.objects.exists() and not Pack.objects.exists()


@pytest.mark.parametrize("name, value", [("prompt", "x"), ("variation", "hologram")])
def test_a_collection_says_for_itself_what_it_sounds_like(client: Client, user, name, value):
    told = problem(fill(client, a_themed(user), **{name: value}), 400)
    assert set(told["errors"]) == {name}


def test_something_has_to_be_filled(client: Client):
    assert "theme" in problem(client.post(URL, {"hooks": ["idle"]}, JSON), 400)["errors"]


def test_who_asks_for_too_many_gets_none_of_them(client: Client, settings):
    settings.SOUNDS_AN_HOUR = [None, None, 3, None]
    assert client.post(URL, WISH, JSON).status_code == 202
    problem(client.post(URL, WISH, JSON), 429)
    assert Job.objects.count() == 2


def test_many_cost_the_same_queries_as_few(client: Client, django_assert_max_num_queries):
    client.post(URL, {"theme": "sci-fi", "engine": "steady"}, JSON)
    for hooks in (["idle"], []):
        with django_assert_max_num_queries(32):
            answer = client.post(URL, {"theme": "sci-fi", "engine": "steady", "hooks": hooks}, JSON)
            assert answer.status_code == 202
