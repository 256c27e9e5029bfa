"""The library over HTTP: found, named, ranked, tagged, liked, made anew and thrown away."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from jobs.models import Job
from jobs.run import drain
from packs.models import Build, BuildItem, Pack
from sounds.models import Sound
from sounds.wish import Wish
from tests.support.briefs import a_brief, submit
from tests.support.library import JSON, a_collection, a_sound, problem, signed_in, somebody
from tests.support.studio import PLUGIN

pytestmark = pytest.mark.django_db

URL = "/api/sounds"


@pytest.fixture(autouse=True)
def nothing_is_spent_yet() -> None:
    cache.clear()


@pytest.fixture
def user() -> User:
    return somebody()


@pytest.fixture
def client(user: User) -> Client:
    return signed_in(user)


def found(client: Client, **query) -> list[str]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def test_a_sound_says_what_it_is_and_where_its_bytes_are(client: Client, user):
    collection = a_collection(user)
    parent = a_sound("parent")
    sound = a_sound(owner=user, parent=parent, slot=collection.slots.get(), tags=("warm",))
    told = client.get(f"{URL}/{sound.uuid}").json()
    assert told["id"] == str(sound.uuid) and told["audio_url"] == f"/api/audio/{sound.uuid}"
    assert (told["owner"], told["parent"], told["tags"]) == ("ada", str(parent.uuid), ["warm"])
    assert (told["collection"], told["slot"]) == (str(collection.uuid), "task_complete")
    assert (told["favourite"], told["rank"], told["job"], told["formats"]) == (False, None, None, [])
    assert told == client.get(URL).json()["results"][0]


@pytest.mark.parametrize(
    "query, titles",
    [
        ({"hook": "idle"}, ["b"]),
        ({"theme": "jazz"}, ["b"]),
        ({"variation": "smoky"}, ["b"]),
        ({"engine": "solo"}, ["c"]),
        ({"kind": "notification"}, ["c", "b", "a"]),
        ({"tag": "warm"}, ["b", "a"]),
        ({"tag": "war"}, []),
        ({"tag": "warm", "hook": "idle"}, ["b"]),
        ({"rank": "1"}, ["a"]),
        ({"min_quality": "80"}, ["c", "a"]),
        ({"min_duration_s": "0.9", "max_duration_s": "1.5"}, ["b"]),
        ({"min_duration_s": "-1e999999"}, ["c", "b", "a"]),
        ({"owner": "ada"}, []),
        ({"hook": "'; --"}, []),
        ({"hook": ""}, ["c", "b", "a"]),
        ({"ordering": "quality"}, ["b", "a", "c"]),
        ({"ordering": "-duration_s"}, ["c", "b", "a"]),
        ({"ordering": "rank"}, ["a"]),  # those without one are in no order
    ],
)
def test_sounds_are_filtered_and_ordered(client: Client, query, titles):
    a_sound("a", tags=("warm", "soft"), rank=1, quality=80)
    a_sound("b", tags=("warm",), hook="idle", theme="jazz", variation="smoky", duration_s=1, quality=70)
    a_sound("c", engine="solo", duration_s=2, quality=99)
    assert found(client, **query) == titles


def test_sounds_are_found_by_where_they_come_from(client: Client, user):
    collection = a_collection(user)
    submit(["x"], owner=user, wake=False)
    job = Job.objects.get()
    parent = a_sound("parent", slot=collection.slots.get())
    a_sound("child", parent=parent, job=job)
    assert found(client, collection=collection.uuid) == ["parent"]
    assert found(client, parent=parent.uuid) == ["child"] and found(client, batch=job.batch.uuid) == ["child"]
    assert found(client, batch=uuid.uuid4()) == []


@pytest.mark.parametrize(
    "name, value",
    [
        ("rank", "best"),
        ("rank", "1.5"),
        ("rank", "nan"),
        ("rank", "-1e999999"),
        ("rank", "1e999999"),
        ("min_quality", "high"),
        ("min_duration_s", "inf"),
        ("favourite", "maybe"),
        ("batch", "1"),
        ("collection", "x"),
        ("search", "x" * 201),
        ("search", "a\0b"),
        ("hook", "\0"),
        ("colour", "red"),
        ("Search", "x"),
        ("page", "2"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_name(client: Client, name, value):
    assert set(problem(client.get(URL, {name: value}), 400)["errors"]) == {name}


def test_one_sound_is_not_to_be_filtered(client: Client):
    sound = a_sound()
    problem(client.get(f"{URL}/{sound.uuid}?search=tone"), 400)


@pytest.mark.parametrize(
    "text, hits",
    [
        ("bell", True),
        ("BEL", True),
        ("bell glass", True),
        ("glass bell", True),
        ("bell wood", False),
        ("ell", False),
        ("cafe", True),
        ("CAFÉ", True),
        ("task_comp", True),
        ("complete", True),
        ("x-ray", True),
        ("ray-x", True),
        ('"', False),
        ('"bell', True),
        ('bell"*', True),
        ("bell*", True),
        ("*", False),
        ("NEAR(bell glass)", False),  # its words are searched for, and near is none of the sound's
        ("bell OR wood", False),
        ("bell AND glass", False),
        ("-bell", True),
        ("words:bell", False),
        ("^bell", True),
        ("bell + glass", True),
        ("'; DROP TABLE sounds_sound; --", False),
        ("%", False),
        ("日本", True),
        ("本", False),
        ("🔔", False),
        ("{bell}", True),
        ("(bell", True),
        ("\\", False),
    ],
)
def test_search_finds_words_and_beginnings_and_takes_nothing_for_an_operator(client: Client, text, hits):
    a_sound("Bell of glass, Café", hook="task_complete", prompt="x-ray", tags=("日本の鐘",))
    assert bool(found(client, search=text)) is hits


def test_search_follows_what_changes(client: Client, user):
    sound = a_sound("bell", owner=user)
    url = f"{URL}/{sound.uuid}"
    client.patch(url, {"title": "gong", "tags": ["warm", "soft-1"]}, JSON)
    assert found(client, search="gong warm soft") == ["gong"] and found(client, search="title bell") == []
    client.patch(url, {"tags": []}, JSON)
    assert found(client, search="warm") == [] and found(client, search="gong") == ["gong"]
    client.delete(url)
    assert found(client, search="gong") == []
    a_sound("gong again")  # may take the old one's place in the table
    assert found(client, search="gong") == ["gong again"]


@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_text_breaks_the_search(client: Client, text):
    a_sound("bell")
    assert client.get(URL, {"search": text}).status_code in (200, 400)


def test_a_note_changes_what_it_names_and_nothing_else(client: Client, user):
    sound = a_sound("bell", owner=user, rank=3, tags=("warm",))
    url = f"{URL}/{sound.uuid}"
    told = client.patch(url, {"rank": 1}, JSON).json()
    assert (told["title"], told["rank"], told["tags"]) == ("bell", 1, ["warm"])
    told = client.patch(url, {"tags": ["b", "a", "b"]}, JSON).json()
    assert (told["rank"], told["tags"]) == (1, ["a", "b"])
    assert client.patch(url, {"rank": None}, JSON).json()["rank"] is None
    assert client.patch(url, {"title": " 日本 "}, JSON).json()["title"] == "日本"
    assert client.patch(url, {}, JSON).json()["tags"] == ["a", "b"]
    sound.refresh_from_db()
    assert sound.plan() == a_brief("bell"), "the sound itself never changes"


@pytest.mark.parametrize(
    "change, field",
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": 5}, "title"),
        ({"title": None}, "title"),
        ({"rank": 0}, "rank"),
        ({"rank": 6}, "rank"),
        ({"rank": 1.0}, "rank"),
        ({"rank": True}, "rank"),
        ({"rank": "best"}, "rank"),
        ({"tags": "warm"}, "tags"),
        ({"tags": None}, "tags"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": ["warm", ""]}, "tags.1"),
        ({"tags": ["-warm"]}, "tags.0"),
        ({"tags": ["a\nb"]}, "tags.0"),
        ({"tags": ["a,b"]}, "tags.0"),
        ({"tags": [["a"]]}, "tags.0"),
        ({"tags": ["\ud800"]}, "tags.0"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags"),
        ({"seed": 5}, "seed"),
        ({"duration_s": 1}, "duration_s"),
        ({"owner": "eve"}, "owner"),
    ],
)
def test_a_note_that_cannot_be_is_refused_at_its_field(client: Client, user, change, field):
    sound = a_sound("bell", owner=user, tags=("warm",))
    answer = client.patch(f"{URL}/{sound.uuid}", json.dumps(change), JSON)
    assert set(problem(answer, 400)["errors"]) == {field}
    assert client.get(f"{URL}/{sound.uuid}").json()["tags"] == ["warm"]
    problem(client.put(f"{URL}/{sound.uuid}", {"title": "x"}, JSON), 405)


def test_everybody_has_favourites_of_his_own(client: Client):
    liked, other = a_sound("liked"), a_sound("other")
    url = f"{URL}/{liked.uuid}/favourite"
    for _ in range(2):
        assert client.put(url).status_code == 204
    assert client.get(f"{URL}/{liked.uuid}").json()["favourite"] is True
    assert found(client, favourite="true") == ["liked"] and found(client, favourite="False") == ["other"]
    eve = signed_in(somebody("eve"))
    assert found(eve, favourite="true") == [] and found(eve, favourite="0") == ["other", "liked"]
    for _ in range(2):
        assert client.delete(url).status_code == 204
    assert client.get(f"{URL}/{liked.uuid}").json()["favourite"] is False
    assert found(client, favourite="1") == []
    problem(client.put(f"{URL}/{uuid.uuid4()}/favourite"), 404)
    problem(client.post(f"{URL}/{other.uuid}/favourite"), 405)


def test_deleting_takes_the_sound_and_its_files(client: Client, user, django_capture_on_commit_callbacks):
    sound = a_sound(owner=user)
    child = a_sound("child", parent=sound)
    sound.folder.mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(f"{URL}/{sound.uuid}").status_code == 204
    assert not sound.folder.exists()
    problem(client.get(f"{URL}/{sound.uuid}"), 404)
    problem(client.delete(f"{URL}/{sound.uuid}"), 404)
    assert client.get(f"{URL}/{child.uuid}").json()["parent"] is None


def test_what_is_in_a_build_stays(client: Client, user):
    sound = a_sound(owner=user)
    build = Build.objects.create(
        pack=Pack.objects.create_for(a_collection(user)), version="1.0.0", content_sha256="0", manifest={},
        report={}, zip_path="x", zip_sha256="0", zip_bytes=1,
    )  # fmt: skip
    BuildItem.objects.create(build=build, hook="idle", sound=sound)
    assert "part of a build" in problem(client.delete(f"{URL}/{sound.uuid}"), 409)["detail"]
    assert Sound.objects.filter(pk=sound.pk).exists()


def test_a_page_of_many_costs_the_same_queries_as_one_of_few(client: Client, user):
    collection = a_collection(user)

    def some(number: int) -> int:
        for n in range(number):
            parent = a_sound(tags=("a",))
            a_sound(str(n), tags=("a", "b"), parent=parent, owner=user, slot=collection.slots.get())
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(client.get(URL, {"limit": 100}).json()["results"]) >= number
        return len(seen)

    assert some(5) == some(45) < 10


@pytest.fixture
def made(user, monkeypatch, presets) -> Sound:
    """A sound with knobs, in a slot of its owner's."""
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    (brief,) = Wish.of(
        theme="minimal",
        hook="task_complete",
        engine="procedural",
        seed=9,
        duration_s=1.0,
        knobs={"pitch": 0.5},
    ).briefs()
    return a_sound(
        "bell", owner=user, engine="procedural", seed=9, brief=brief.as_dict(),
        slot=a_collection(user).slots.get(), take_no=1,
    )  # fmt: skip


def payloads() -> list[dict]:
    return [job.payload for job in Job.objects.order_by("id")]


def test_a_mutation_turns_the_knobs_and_keeps_the_rest(client: Client, made):
    answer = client.post(f"{URL}/{made.uuid}/mutate?wait=0", {"takes": 3, "locked": ["pitch"]}, JSON)
    assert answer.status_code == 202 and len(answer.json()["jobs"]) == 3
    knobs = [payload["brief"]["knobs"] for payload in payloads()]
    assert all(one["pitch"] == 0.5 and len(one) > 3 for one in knobs) and knobs[0] != knobs[1]
    assert {payload["brief"]["seed"] for payload in payloads()} == {9}
    assert all(abs(one["brightness"]) <= 0.2 for one in knobs)
    assert {(one["parent"], one["slot"], one["choose"]) for one in payloads()} == {
        (made.pk, made.slot_id, False)
    }


def test_a_mutation_with_a_seed_can_be_asked_for_again(client: Client, made):
    for _ in range(2):
        client.post(f"{URL}/{made.uuid}/mutate?wait=0", {"seed": 4}, JSON)
    first, second = payloads()
    assert first["brief"] == second["brief"] and first["again"]


def test_knobs_as_given_are_heard_beside_the_same_chance(client: Client, made):
    body = {"knobs": {"length": 1, "space": -0.5}}
    assert client.post(f"{URL}/{made.uuid}/mutate?wait=0", body, JSON).status_code == 202
    (payload,) = payloads()
    assert payload["brief"]["knobs"] == {"length": 1, "space": -0.5}
    assert payload["brief"]["seed"] == 9 and payload["brief"]["duration_s"] == 2


def test_a_regeneration_has_another_seed_and_what_is_asked_for(client: Client, made):
    body = {"takes": 2, "duration_s": 2, "choose": True}
    assert client.post(f"{URL}/{made.uuid}/regenerate?wait=0", body, JSON).status_code == 202
    one, two = payloads()
    assert one["brief"]["seed"] != 9 and two["brief"]["seed"] == (one["brief"]["seed"] + 1) % 2**32
    assert one["brief"]["duration_s"] == 2 and one["brief"]["knobs"] == {"pitch": 0.5}
    assert (one["choose"], two["choose"]) == (True, False)


def test_the_takes_join_the_slot_and_the_first_is_chosen(client: Client, made):
    body = {"engine": "procedural", "takes": 2, "choose": True, "seed": 2**32 - 1, "duration_s": 0.5}
    answer = client.post(f"{URL}/{made.uuid}/regenerate?wait=0", body, JSON)
    drain()
    takes = list(made.slot.takes.order_by("take_no"))
    assert [take.take_no for take in takes] == [1, 2, 3] and takes[1].parent == made
    assert [take.seed for take in takes] == [9, 2**32 - 1, 0]
    made.slot.refresh_from_db()
    assert made.slot.chosen == takes[1]
    job = answer.json()["jobs"][0]["id"]
    assert client.get(f"/api/generate/{job}/status").json()["sound"] == str(takes[1].uuid)


@pytest.mark.parametrize(
    "verb, body, field",
    [
        ("mutate", {"amount": 1.1}, "amount"),
        ("mutate", {"amount": -0.1}, "amount"),
        ("mutate", {"amount": True}, "amount"),
        ("mutate", {"locked": ["colour"]}, "locked.0"),
        ("mutate", {"locked": "pitch"}, "locked"),
        ("mutate", {"knobs": {"pitch": 2}}, "knobs.pitch"),
        ("mutate", {"knobs": {"colour": 0}}, "knobs"),
        ("mutate", {"engine": "steady"}, "engine"),
        ("mutate", {"takes": 21}, "takes"),
        ("mutate", {"seed": -1}, "seed"),
        ("regenerate", {"engine": "theremin"}, "engine"),
        ("regenerate", {"engine": "steady"}, "knobs"),  # it has none, and the sound has
        ("regenerate", {"quality": "divine"}, "quality"),
        ("regenerate", {"duration_s": 6}, "duration_s"),
        ("regenerate", {"knobs": {}}, "knobs"),
        ("regenerate", {"choose": "perhaps"}, "choose"),
        ("regenerate", {"takes": 0}, "takes"),
    ],
)
def test_what_cannot_be_made_of_it_is_refused_at_its_field(client: Client, made, verb, body, field):
    answer = client.post(f"{URL}/{made.uuid}/{verb}?wait=0", body, JSON)
    assert set(problem(answer, 400)["errors"]) == {field} and not Job.objects.exists()


def test_an_engine_without_knobs_says_what_to_do_instead(client: Client, made):
    steady = a_sound("plain")
    told = problem(client.post(f"{URL}/{steady.uuid}/mutate?wait=0", {}, JSON), 400)
    assert "regenerate the sound instead" in told["detail"]


def test_what_others_make_of_it_is_theirs_and_joins_no_slot(made):
    eve = signed_in(somebody("eve"))
    assert eve.post(f"{URL}/{made.uuid}/regenerate?wait=0", {}, JSON).status_code == 202
    assert payloads()[0]["slot"] is None and Job.objects.get().owner.username == "eve"
    told = problem(eve.post(f"{URL}/{made.uuid}/mutate?wait=0", {"choose": True}, JSON), 400)
    assert set(told["errors"]) == {"choose"}


def test_nothing_joins_what_is_locked(client: Client, made):
    url = f"{URL}/{made.uuid}/mutate?wait=0"
    made.slot.locked = True
    made.slot.save()
    assert client.post(url, {}, JSON).status_code == 202
    problem(client.post(url, {"choose": True}, JSON), 423)
    made.slot.collection.lock()
    problem(client.post(url, {}, JSON), 423)
