"""Sounds, batches and collections to take away: a zip that players understand, without a build."""

from __future__ import annotations

import threading
import uuid
import zipfile
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from jobs.models import Job, NewJob
from jobs.run import drain
from packs.api import export
from packs.validate import validate
from sounds.models import Sound
from tests.support.library import JSON, a_collection, a_sound, problem, signed_in, somebody
from tests.support.studio import wait_for

pytestmark = pytest.mark.django_db

URL = "/api/export/zip"


def saved(answer, folder: Path) -> Path:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/zip"
    path = folder / answer["Content-Disposition"].split('filename="')[1].split('"')[0]
    path.write_bytes(answer.getvalue())
    return path


def sounds_in(path: Path) -> list[str]:
    return sorted(name for name in zipfile.ZipFile(path).namelist() if name.startswith("sounds/"))


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(export, "RENDITIONS_WITHIN_S", 0.0)


def test_a_collection_a_batch_and_sounds_are_valid_packs(client: Client, collection, tmp_path, settings):
    uuids = [str(slot.chosen.uuid) for slot in collection.slots.all()]
    batch = str(Job.objects.first().batch.uuid)
    wavs = ["sounds/task_complete.wav", "sounds/tool_error.wav"]
    for what in ({"collection": str(collection.uuid)}, {"batch": batch}, {"sounds": uuids}):
        path = saved(client.post(URL, what | {"formats": ["wav"]}, JSON), tmp_path)
        assert sounds_in(path) == wavs and validate(path).valid, what
    twice = saved(client.post(URL, {"sounds": uuids * 2, "formats": [], "title": "日本"}, JSON), tmp_path)
    assert sounds_in(twice) == wavs and twice.name == "ccbell-sounds-sounds-v1.0.0.zip"
    assert not list((settings.AUDIO_OUTPUT_DIR / "temp").glob("export-*")), "nothing is left behind"
    eve = signed_in(somebody("eve"))
    assert eve.post(URL, {"sounds": uuids, "formats": ["wav"]}, JSON).status_code == 200
    problem(eve.post(URL, {"batch": batch}, JSON), 404)


def test_two_sounds_of_one_hook_are_both_in_it(client: Client, collection, tmp_path):
    Sound.objects.update(hook="tool_error", title="Tool error")
    uuids = [str(sound.uuid) for sound in Sound.objects.all()]
    path = saved(client.post(URL, {"sounds": uuids, "formats": ["wav"]}, JSON), tmp_path)
    assert sounds_in(path) == ["sounds/tool_error-2.wav", "sounds/tool_error.wav"]
    assert [finding.sentence for finding in validate(path).findings if finding.level == "error"] == []


@pytest.mark.django_db(transaction=True)
def test_formats_that_are_missing_are_made_first_and_once(client: Client, collection, tmp_path):
    def work():
        wait_for(Job.objects.unfinished().exists)
        drain()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    body = {"collection": str(collection.uuid), "formats": ["ogg"]}
    path = saved(client.post(URL, body, JSON), tmp_path)
    thread.join()
    assert len(sounds_in(path)) == 4 and sounds_in(path)[0] == "sounds/task_complete.ogg"
    assert validate(path).valid
    jobs = Job.objects.count()
    assert saved(client.post(URL, body, JSON), tmp_path).read_bytes() and Job.objects.count() == jobs


@pytest.mark.usefixtures("impatient")
def test_what_takes_its_time_is_to_be_asked_for_again(client: Client, collection):
    body = {"collection": str(collection.uuid), "formats": ["flac"]}
    for _ in range(2):
        answer = client.post(URL, body, JSON)
        problem(answer, 503)
        assert answer["Retry-After"] == "2"
    assert Job.objects.filter(kind="sounds.rendition").count() == 2
    drain()
    assert client.post(URL, body, JSON).status_code == 200


def test_what_was_cleaned_up_is_named(client: Client, collection):
    sound = collection.slots.first().chosen
    sound.file("wav").location.unlink()
    told = problem(client.post(URL, {"sounds": [str(sound.uuid)]}, JSON), 410)
    assert str(sound) in told["detail"]
    told = problem(client.post(URL, {"collection": str(collection.uuid)}, JSON), 409)
    assert sound.hook in told["detail"]


def test_what_is_not_there_is_named(client: Client, user):
    there, unknown = a_sound(), uuid.uuid4()
    told = problem(client.post(URL, {"sounds": [str(there.uuid), str(unknown)]}, JSON), 400)
    assert str(unknown) in told["errors"]["sounds"]
    problem(client.post(URL, {"batch": str(unknown)}, JSON), 404)
    problem(client.post(URL, {"collection": str(unknown)}, JSON), 404)
    batch = Job.objects.submit([], owner=user)
    assert (
        "no sound yet" in problem(client.post(URL, {"batch": str(batch.uuid)}, JSON), 400)["errors"]["batch"]
    )
    for _ in range(export.MOST_SOUNDS + 1):
        made = {"sound": str(a_sound().uuid)}
        job = Job.objects.submit([NewJob(kind="test", lane="network")], owner=user).jobs.get()
        Job.objects.filter(pk=job.pk).update(batch=batch, status="succeeded", result=made)
    assert "more than 200" in problem(client.post(URL, {"batch": str(batch.uuid)}, JSON), 400)["detail"]
    empty = a_collection(user, "idle")
    assert "idle" in problem(client.post(URL, {"collection": str(empty.uuid)}, JSON), 409)["detail"]
    empty.slots.update(enabled=False)
    assert (
        "no enabled slot" in problem(client.post(URL, {"collection": str(empty.uuid)}, JSON), 409)["detail"]
    )


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "sounds"),
        ({"sounds": []}, "sounds"),
        ({"sounds": None}, "sounds"),
        ({"sounds": "x"}, "sounds"),
        ({"sounds": ["x"]}, "sounds.0"),
        ({"sounds": [str(uuid.uuid4())] * 201}, "sounds"),
        ({"sounds": [str(uuid.uuid4())], "batch": str(uuid.uuid4())}, "sounds"),
        ({"batch": 1.5}, "batch"),
        ({"collection": "mine"}, "collection"),
        ({"formats": ["exe"]}, "formats.0"),
        ({"formats": ["m4a"]}, "formats.0"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"slug": "x"}, "slug"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, body, field):
    assert set(problem(client.post(URL, body, JSON), 400)["errors"]) == {field}


def test_whatever_a_client_says_it_takes_it_gets_a_zip_or_a_problem(client: Client, collection):
    body = {"collection": str(collection.uuid), "formats": ["wav"]}
    for accept in ("application/zip", "text/html", "image/png"):
        assert client.post(URL, body, JSON, headers={"Accept": accept}).status_code == 200
        problem(client.post(URL, {}, JSON, headers={"Accept": accept}), 400)
    problem(client.post(f"{URL}?format=wav", {}, JSON), 400)
    problem(client.get(URL), 405)
