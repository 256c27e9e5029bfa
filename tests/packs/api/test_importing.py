"""Bringing in packs over HTTP, as a form or a script does."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import Scope, User
from jobs.models import Job, Status, Tier
from jobs.run import drain
from packs.generate import Plan
from packs.models import Pack
from packs.recipe import Recipe
from sounds import uploads
from sounds.models import Sound
from tests.packs.importing.conftest import Pack as Make
from tests.packs.importing.conftest import cesp
from tests.packs.support import tone, write_audio
from tests.packs.test_archive import zip_of
from tests.support.library import JSON, a_collection, bearer, problem, signed_in, somebody
from tests.support.studio import wait_for

__all__ = ["cesp"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("presets")]

URL = "/api/packs/import"


def post(client: Client, data: bytes, name: str = "a pack.zip", *, wait: str = "0", **fields):
    return client.post(f"{URL}?wait={wait}", {"pack": SimpleUploadedFile(name, data), **fields})


def zipped(folder: Path) -> bytes:
    files = [
        (str(path.relative_to(folder)), path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    ]
    return zip_of(*files)


def left() -> list[Path]:
    return list(uploads.folder().iterdir())


def test_it_becomes_a_pack_of_who_sent_it(client: Client, user: User, good_zip):
    answer = post(client, good_zip.read_bytes())
    assert answer.status_code == 202, answer.content
    told = answer.json()
    assert told["pack"] == "sci-fi" and len(told["jobs"]) == 9 and told["status"] == "queued"
    drain()
    pack = Pack.objects.get()
    assert pack.collection.owner == user and str(pack.collection.uuid) == told["collection"]
    sound = client.get(f"/api/sounds/{Sound.objects.first().uuid}").json()
    assert sound["engine"] == "import" and sound["provenance"]["engine"] == "procedural"
    original = client.get(f"{sound['audio_url']}?format=original")
    assert original.status_code == 200 and not left()
    done = {(UUID(told["batch_id"]), Status.SUCCEEDED)}
    assert set(Job.objects.values_list("batch__uuid", "status")) == done


def test_what_was_wished_is_done(client: Client, cesp: Make):
    pack = cesp({"session.start": ["a.mp3"]})
    write_audio(pack / "a.mp3", tone(silence_s=0.3))
    answer = post(client, zipped(pack), title="Orcs", slug="orcs", remaster="true")
    assert answer.json()["pack"] == "orcs"
    drain()
    chosen = Pack.objects.get().collection.slots.get(key="session_start").chosen
    assert chosen and chosen.engine == "remaster" and Pack.objects.get().collection.title == "Orcs"


def test_who_waits_waits_for_what_follows_too(client: Client, cesp: Make):
    def work():
        wait_for(Job.objects.unfinished().exists)
        drain()
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    answer = post(client, zipped(cesp({"session.start": ["a.wav"]})), wait="20", remaster="true")
    worker.join()
    assert answer.status_code == 201 and answer.json()["status"] == "completed"
    assert [sound["engine"] for sound in answer.json()["sounds"]] == ["import", "remaster"]


@pytest.mark.parametrize(
    "fields, field, words",
    [
        ({"data": b"words"}, "pack", "a pack.zip is no zip"),
        ({"data": zip_of(("a.txt", b""))}, "pack", "a pack.zip is no sound pack"),
        ({"data": zip_of(("../openpeon.json", b"{}"))}, "pack", "leads out of the pack"),
        ({"data": zip_of(("openpeon.json", b"[]"))}, "pack", "must hold a JSON object"),
        ({"slug": "Ä"}, "slug", "small letters"),
        ({"slug": "x" * 65}, "slug", ""),
        ({"title": "x" * 121}, "title", ""),
        ({"remaster": "maybe"}, "remaster", ""),
        ({"wait": "long"}, "wait", ""),
        ({"owner": "ada"}, "owner", "does not exist"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(client: Client, good_zip, fields, field, words):
    answer = post(client, fields.pop("data", good_zip.read_bytes()), **fields)
    assert words in problem(answer, 400)["errors"][field]
    assert not left() and not Job.objects.exists() and not Pack.objects.exists()


def test_a_name_that_is_taken_or_the_apis_is_refused(client: Client, user: User, good_zip):
    Pack.objects.create_for(a_collection(user), slug="mine")
    assert "already" in problem(post(client, good_zip.read_bytes(), slug="mine"), 409)["detail"]
    assert "no name" in problem(post(client, good_zip.read_bytes(), slug="import"), 409)["detail"]
    body = {"collection": str(a_collection(user).uuid), "slug": "import"}
    assert "address of the API" in problem(client.post("/api/packs", body, JSON), 400)["errors"]["slug"]
    assert Pack.objects.create_for(a_collection(user, title="Import")).slug == "import-2"
    assert Plan.of(Recipe.of(prompt="import", hooks="idle")).pack.slug.startswith("import-")


def test_who_may_not_make_sounds_brings_none(good_zip):
    data = good_zip.read_bytes()
    assert post(Client(), data).status_code == 401
    reader = Client(headers=bearer(somebody(), Scope.READ))
    assert "scope generate" in problem(post(reader, data), 403)["detail"]
    assert not left() and not Pack.objects.exists()


def test_nobody_gets_more_sounds_than_he_may_have(client: Client, good_zip, settings):
    settings.SOUNDS_AN_HOUR = dict.fromkeys(Tier, 10)
    assert (
        "You may have 10 sounds an hour"
        in problem(post(client, good_zip.read_bytes(), remaster="on"), 429)["detail"]
    )
    assert not left() and not Pack.objects.exists()
    assert post(client, good_zip.read_bytes()).status_code == 202
    assert post(client, good_zip.read_bytes()).status_code == 429


def test_a_form_without_a_pack_or_a_larger_one_is_refused(client: Client, good_zip, monkeypatch):
    assert problem(client.post(URL, {}), 400)["errors"]["pack"]
    assert client.post(URL, {}, JSON).status_code == 415
    monkeypatch.setattr("packs.api.importing.LARGEST_FORM_BYTES", 1000)
    assert "50 MiB is the most" in problem(post(client, good_zip.read_bytes()), 413)["detail"]


# Mastering anew, whatever the pack


@pytest.fixture
def quiet(client: Client, cesp: Make) -> Pack:
    """A pack with a good sound and a quiet one."""
    pack = cesp({"session.start": ["a.wav"], "session.end": ["b.wav"]}, name="quiet")
    write_audio(pack / "a.wav", tone() * 0.02)
    post(client, zipped(pack))
    drain()
    pack = Pack.objects.get(slug="quiet")
    good = pack.collection.slots.get(key="session_end")
    Sound.objects.filter(slot=good).update(intended_lufs=good.chosen.loudness_lufs)
    return pack


def test_only_what_misses_the_badge_is_mastered_anew(client: Client, quiet: Pack):
    answer = client.post(f"{URL.removesuffix('import')}quiet/remaster?wait=0", {}, JSON)
    assert answer.status_code == 202 and len(answer.json()["jobs"]) == 1
    assert (
        "waits for a take already" in problem(client.post("/api/packs/quiet/remaster?wait=0"), 409)["detail"]
    )
    drain()
    slot = quiet.collection.slots.get(key="session_start")
    assert slot.chosen and slot.chosen.engine == "remaster" and abs(slot.chosen.loudness_lufs + 18) < 1
    assert "Nothing here would be better" in problem(client.post("/api/packs/quiet/remaster"), 409)["detail"]


def test_a_sound_of_another_pack_is_mastered_for_the_slot_it_enters(client: Client, quiet: Pack, good_zip):
    post(client, good_zip.read_bytes())
    drain()
    theirs = Pack.objects.get(slug="sci-fi").collection.slots.get(key="task_complete").chosen
    assert theirs
    quiet.collection.slots.filter(key="idle").update(enabled=False)
    wish = {"slot": "idle", "sound": str(theirs.uuid)}
    assert client.post("/api/packs/quiet/remaster?wait=0", wish, JSON).status_code == 202
    drain()
    idle = quiet.collection.slots.get(key="idle")
    taken = idle.chosen
    assert idle.enabled and taken and taken.parent == theirs and abs(taken.loudness_lufs - -19) < 1
    assert taken.provenance["engine"] == "procedural" and taken.provenance["pack"] == "sci-fi"


@pytest.mark.parametrize(
    "wish, field",
    [
        ({"slot": "idle"}, "sound"),
        ({"sound": "0" * 32}, "slot"),
        ({"slot": "lunch", "sound": "0" * 32}, "slot"),
        ({"slot": "idle", "sound": "0" * 32}, "sound"),
        ({"slot": 5, "sound": "0" * 32}, "slot"),
        ({"all": True}, "all"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_at_its_field(client: Client, quiet: Pack, wish, field):
    assert set(problem(client.post("/api/packs/quiet/remaster", wish, JSON), 400)["errors"]) == {field}


def test_locked_packs_and_packs_of_others_are_left_alone(client: Client, quiet: Pack):
    eve = signed_in(somebody("eve"))
    assert problem(eve.post("/api/packs/quiet/remaster"), 403)
    quiet.collection.slots.filter(key="session_start").update(locked=True)
    assert "what is locked is left alone" in problem(client.post("/api/packs/quiet/remaster"), 409)["detail"]
    sound = str(Sound.objects.first().uuid)
    wish = {"slot": "session_start", "sound": sound}
    assert problem(client.post("/api/packs/quiet/remaster", wish, JSON), 423)
    quiet.collection.lock()
    assert problem(client.post("/api/packs/quiet/remaster"), 423)
    assert not Job.objects.unfinished().exists()
