"""More takes from a sound there is: its knobs turned, or the same wish once more."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from jobs.models import Job
from jobs.run import drain
from sounds.models import Sound
from sounds.wish import Wish
from tests.support.library import JSON, a_collection, a_sound, problem, signed_in, somebody
from tests.support.studio import PLUGIN

pytestmark = pytest.mark.django_db

URL = "/api/sounds"


@pytest.fixture(autouse=True)
def nothing_is_spent_yet() -> None:
    cache.clear()


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
