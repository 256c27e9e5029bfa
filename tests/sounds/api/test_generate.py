"""Asking for a sound over HTTP: what is made, when it is answered, and what is refused."""

from __future__ import annotations

import json
import threading
import time
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from jobs.models import Batch, Job
from jobs.run import drain
from sounds.models import Sound
from tests.support.briefs import submit
from tests.support.library import JSON, a_sound, problem, signed_in, somebody
from tests.support.studio import wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]

URL = "/api/generate"
WISH = {"prompt": "a tone", "engine": "steady", "duration_s": 0.5}


@pytest.fixture(autouse=True)
def quick(warm_hosts) -> None:
    cache.clear()


def ask(client: Client, wait: float | None = 0, **wish):
    return client.post(URL if wait is None else f"{URL}?wait={wait}", WISH | wish, JSON)


def status(client: Client, answer) -> dict:
    return client.get(f"{URL}/{answer.json()['job_id']}/status").json()


def test_at_once_there_is_a_job_and_later_a_sound(client: Client):
    answer = ask(client)
    told = answer.json()
    assert answer.status_code == 202 and told["status"] == "queued"
    assert (told["sound"], told["sounds"], len(told["jobs"])) == (None, [], 1)
    waiting = status(client, answer)
    assert (waiting["status"], waiting["progress"], waiting["position"]) == ("queued", 0, 1)
    assert waiting["estimated_seconds"] > 0 and waiting["engine"] == "steady"
    drain()
    done = status(client, answer)
    assert (done["status"], done["progress"], done["position"]) == ("completed", 100, None)
    assert done["estimated_seconds"] is None and done["error"] == ""
    sound = client.get(f"/api/sounds/{done['sound']}").json()
    assert (
        sound["prompt"].startswith("a tone, ") and sound["owner"] == "ada" and sound["job"] == told["job_id"]
    )
    assert sound["formats"] == ["mp3", "wav"] and sound["duration_s"] == 0.5
    assert client.get(done["audio_url"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_quick_makes_it_while_one_waits(client: Client):
    def work():
        wait_for(Job.objects.unfinished().exists)
        drain()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    answer = ask(client, wait=None, seed=7)
    thread.join()
    told = answer.json()
    assert answer.status_code == 201 and told["status"] == "completed"
    assert told["sound"]["seed"] == 7 and told["sounds"] == [told["sound"]]
    assert told["jobs"][0]["sound"] == told["sound"]["id"]


@pytest.mark.django_db(transaction=True)
def test_who_waits_in_vain_gets_the_job(client: Client):
    begun = time.monotonic()
    assert ask(client, wait=0.3).status_code == 202
    assert 0.3 <= time.monotonic() - begun < 2


def test_a_named_seed_is_made_once_and_then_comes_from_the_library(client: Client):
    ask(client, seed=5, takes=2)
    drain()
    again = ask(client, seed=5, takes=2)
    told = again.json()
    assert again.status_code == 200 and told["status"] == "completed"
    assert (told["batch_id"], told["job_id"], told["jobs"]) == (None, None, [])
    assert [sound["seed"] for sound in told["sounds"]] == [5, 6] and told["sound"]["seed"] == 5
    assert Job.objects.count() == 2
    assert ask(client, seed=5, prompt="another tone").status_code == 202
    assert ask(client, seed=5, loudness_offset_db=-3).status_code == 202
    fresh = ask(client, seed=5, fresh=True)
    assert fresh.status_code == 202
    drain()
    assert status(client, fresh)["sound"] not in {sound["id"] for sound in told["sounds"]}


def test_what_of_the_takes_there_is_is_not_made_again(client: Client):
    ask(client, seed=5)
    drain()
    more = ask(client, seed=5, takes=3)
    assert more.status_code == 202 and len(more.json()["jobs"]) == 2
    assert [sound["seed"] for sound in more.json()["sounds"]] == [5]


def test_a_sound_whose_file_is_gone_is_made_again(client: Client):
    ask(client, seed=5)
    drain()
    Sound.objects.get().file("wav").location.unlink()
    assert ask(client, seed=5).status_code == 202


def test_without_a_seed_each_call_makes_others(client: Client):
    for _ in range(2):
        assert ask(client, takes=2).status_code == 202
    seeds = {job.payload["brief"]["seed"] for job in Job.objects.all()}
    assert len(seeds) == 4


def test_takes_count_their_seeds_up_and_around(client: Client):
    ask(client, seed=2**32 - 2, takes=4)
    seeds = [job.payload["brief"]["seed"] for job in Job.objects.order_by("id")]
    assert seeds == [2**32 - 2, 2**32 - 1, 0, 1]


def test_a_job_that_fails_says_why(client: Client):
    answer = ask(client, prompt="fault")
    drain()
    told = status(client, answer)
    assert told["status"] == "failed" and "this one only" in told["error"]
    assert (told["sound"], told["audio_url"], told["estimated_seconds"]) == (None, None, None)


def test_a_cancelled_job_says_so(client: Client):
    answer = ask(client)
    assert client.delete(f"/api/queue/{answer.json()['job_id']}").status_code == 204
    assert status(client, answer)["status"] == "cancelled"


def test_somebody_elses_job_is_not_found_and_staff_find_all(client: Client):
    answer = ask(client)
    problem(signed_in(somebody("eve")).get(f"{URL}/{answer.json()['job_id']}/status"), 404)
    assert status(signed_in(somebody("root", is_staff=True)), answer)["status"] == "queued"
    problem(client.get(f"{URL}/{uuid.uuid4()}/status"), 404)


def test_progress_is_told_while_it_runs(client: Client):
    answer = ask(client)
    job = Job.objects.claim("me")
    job.report(0.25, "step 1 of 4")
    told = status(client, answer)
    assert (told["status"], told["progress"], told["message"]) == ("processing", 25, "step 1 of 4")
    assert told["position"] is None and told["estimated_seconds"] >= 0


def test_the_place_in_the_line_counts_the_jobs_of_others(client: Client):
    submit(["a", "b"], owner=None, wake=False)
    assert status(client, ask(client))["position"] == 3
    staff = signed_in(somebody("root", is_staff=True))
    assert status(staff, ask(staff))["position"] == 1


def test_a_theme_and_a_hook_give_length_loudness_and_voice(client: Client):
    wish = {"theme": "sci-fi", "variation": "hologram", "hook": "task_complete", "engine": "procedural"}
    answer = client.post(f"{URL}?wait=0", wish | {"knobs": {"pitch": 0.5, "space": 0}}, JSON)
    assert answer.status_code == 202
    brief = Job.objects.get().payload["brief"]
    assert (brief["theme"], brief["variation"], brief["hook"]) == ("sci-fi", "hologram", "task_complete")
    assert brief["voice"] and brief["score"]["notes"] and brief["knobs"] == {"pitch": 0.5}


@pytest.mark.parametrize(
    "change, field",
    [
        ({"colour": "red"}, "colour"),
        ({"prompt ": "x"}, "prompt "),
        ({"Prompt": "x"}, "Prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "   "}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({"prompt": True}, "prompt"),
        ({"prompt": ["x"]}, "prompt"),
        ({"prompt": "x" * 1001}, "prompt"),
        ({"prompt": "a\0b"}, "prompt"),
        ({"theme": "space-opera"}, "theme"),
        ({"theme": ["sci-fi"]}, "theme"),
        ({"variation": "hologram"}, "theme"),
        ({"theme": "sci-fi", "variation": "none"}, "variation"),
        ({"hook": "lunch"}, "hook"),
        ({"hook": "Task_Complete"}, "hook"),
        ({"engine": "theremin"}, "engine"),
        ({"engine": ""}, "engine"),
        ({"engine": "stable-audio-open-small"}, "engine"),
        ({"quality": "divine"}, "quality"),
        ({"duration_s": 0.49}, "duration_s"),
        ({"duration_s": 5.01}, "duration_s"),
        ({"duration_s": -1}, "duration_s"),
        ({"duration_s": True}, "duration_s"),
        ({"duration_s": "long"}, "duration_s"),
        ({"duration_s": "nan"}, "duration_s"),
        ({"duration_s": 10**400}, "duration_s"),
        ({"duration_s": [1]}, "duration_s"),
        ({"duration_s": None}, "duration_s"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": 1.0}, "seed"),
        ({"seed": True}, "seed"),
        ({"seed": None}, "seed"),
        ({"seed": "x"}, "seed"),
        ({"seed": 10**4000}, "seed"),
        ({"takes": 0}, "takes"),
        ({"takes": 21}, "takes"),
        ({"takes": False}, "takes"),
        ({"takes": "many"}, "takes"),
        ({"loudness_offset_db": 12.1}, "loudness_offset_db"),
        ({"loudness_offset_db": -13}, "loudness_offset_db"),
        ({"loudness_offset_db": True}, "loudness_offset_db"),
        ({"fresh": "perhaps"}, "fresh"),
        ({"fresh": None}, "fresh"),
        ({"fresh": {}}, "fresh"),
        ({"knobs": {"pitch": 1.01}}, "knobs.pitch"),
        ({"knobs": {"pitch": True}}, "knobs.pitch"),
        ({"knobs": {"pitch": None}}, "knobs.pitch"),
        ({"knobs": {"pitch": "inf"}}, "knobs.pitch"),
        ({"knobs": {"pitch": 10**400}}, "knobs.pitch"),
        ({"knobs": {"colour": 0.5}}, "knobs"),
        ({"knobs": {"pitch": 0.5}}, "knobs"),  # the engine has none
        ({"knobs": []}, "knobs"),
        ({"knobs": "loud"}, "knobs"),
        ({"knobs": None}, "knobs"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, change, field):
    body = json.dumps(WISH | change)
    assert set(problem(client.post(f"{URL}?wait=0", body, JSON), 400)["errors"]) == {field}
    assert not Batch.objects.exists()


@pytest.mark.parametrize("wish", [{}, {"hook": "task_complete"}, {"seed": 5}])
def test_something_has_to_say_what_it_sounds_like(client: Client, wish):
    told = problem(client.post(f"{URL}?wait=0", wish, JSON), 400)
    assert "describe the sound" in told["errors"]["theme"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["duration_s", "seed", "takes", "loudness_offset_db"])
def test_numbers_that_are_none_are_refused(client: Client, field, number):
    problem(client.post(f"{URL}?wait=0", f'{{"prompt": "x", "{field}": {number}}}', JSON), 400)


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "inf", "", "soon", "1,5", "9" * 400])
def test_a_wait_that_cannot_be_is_refused(client: Client, wait):
    told = problem(client.post(f"{URL}?wait={wait}", WISH, JSON), 400)
    assert "from 0 to 60" in told["errors"]["wait"] and not Job.objects.exists()


def test_a_misspelt_parameter_is_refused(client: Client):
    assert set(problem(client.post(f"{URL}?wiat=0", WISH, JSON), 400)["errors"]) == {"wiat"}


@pytest.mark.parametrize(
    "prompt", ["日本の鐘", "🔔" * 1000, "x" * 1000, "'; DROP TABLE --", "%s %(a)s {0}", "\u202e"]
)
def test_any_words_will_do(client: Client, prompt):
    assert ask(client, prompt=prompt).status_code == 202
    assert Job.objects.get().payload["brief"]["prompt"].strip()


def test_a_preset_that_is_disabled_is_none(client: Client):
    from sounds.models import Theme

    Theme.objects.filter(slug="jazz").update(enabled=False)
    told = problem(client.post(f"{URL}?wait=0", {"theme": "jazz"}, JSON), 400)
    assert "jazz," not in told["errors"]["theme"]


def test_many_takes_cost_no_more_queries_than_few(client: Client, django_assert_max_num_queries):
    a_sound()
    ask(client)
    with django_assert_max_num_queries(30):
        ask(client, takes=2)
    with django_assert_max_num_queries(30):
        ask(client, takes=20)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["theme", "hook", "prompt", "duration_s", "seed", "engine", "quality", "takes", "knobs", "fresh"]


@given(body=st.dictionaries(st.sampled_from(FIELDS) | st.text(st.characters(codec=None)), ANYTHING))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_queued_or_refused_in_words(admin_client: Client, body):
    answer = admin_client.post(f"{URL}?wait=0", json.dumps(body), JSON)
    assert answer.status_code in (200, 202) or problem(answer, 400)


def test_how_a_job_stands_is_asked_of_the_database_in_a_few_words(
    client: Client, django_assert_max_num_queries
):
    answer = ask(client)
    with django_assert_max_num_queries(6):  # session, user, group, job, its place, sounds like it
        assert status(client, answer)["estimated_seconds"]


def test_a_job_of_another_kind_has_a_status_too(client: Client):
    from sounds import renditions

    job = renditions.order(a_sound(), "ogg", owner=User.objects.get())
    told = client.get(f"{URL}/{job.uuid}/status").json()
    assert (told["status"], told["engine"], told["estimated_seconds"]) == ("queued", "", None)
