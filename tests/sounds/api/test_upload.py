"""Sending a file of one's own, as a form or a script does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import Scope, Token
from jobs.models import Job, Tier
from jobs.run import drain
from sounds import uploads
from sounds.models import Sound
from tests.sounds.test_uploads import a_file, by_ffmpeg
from tests.support import ffmpeg
from tests.support.studio import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/sounds/upload"


def post(client: Client, data: bytes = b"", name: str = "My knock.wav", *, wait: str = "0", **fields):
    file = SimpleUploadedFile(name, data or a_file())
    return client.post(f"{URL}?wait={wait}", {"file": file, **fields})


def left() -> list[Path]:
    return list(uploads.folder().iterdir())


def test_it_becomes_a_sound_of_who_sent_it(admin_client: Client, admin_user):
    answer = post(admin_client, attribution="Me", licence="CC-BY-SA-4.0")
    assert answer.status_code == 202, answer.content
    drain()
    sound = Sound.objects.get()
    assert (sound.title, sound.owner, sound.licence, sound.attribution) == (
        "My knock", admin_user, "CC-BY-SA-4.0", "Me"
    )  # fmt: skip
    assert sound.file("original").location.read_bytes() == a_file()
    assert Job.objects.get().tier == Tier.ADMIN and not left()
    served = admin_client.get(f"/api/audio/{sound.uuid}?format=original&download=1")
    assert served.content == a_file() and served["Content-Type"] == "audio/wav"


def test_who_waits_gets_the_sound(admin_client: Client):
    def work():
        wait_for(Job.objects.unfinished().exists)
        drain()
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    answer = post(admin_client, wait="20", title="Knock")
    worker.join()
    assert answer.status_code == 201
    assert answer.json()["sound"]["id"] == str(Sound.objects.get().uuid)


@pytest.mark.usefixtures("presets")
def test_its_hook_says_how_loud_it_is_to_be(admin_client: Client):
    post(admin_client, hook="tool_error", duration_s="0.8", licence="")
    drain()
    sound = Sound.objects.get()
    assert sound.hook == "tool_error" and sound.duration_s == 0.8
    assert sound.intended_lufs == sound.plan().loudness_lufs != -18


@pytest.mark.usefixtures("presets")
@pytest.mark.parametrize(
    "fields, field",
    [
        ({"hook": "doorbell"}, "hook"),
        ({"duration_s": "0.4"}, "duration_s"),
        ({"duration_s": "5.1"}, "duration_s"),
        ({"duration_s": "nan"}, "duration_s"),
        ({"licence": "<b>"}, "licence"),
        ({"licence": "x" * 61}, "licence"),
        ({"title": "x" * 201}, "title"),
        ({"titel": "x"}, "titel"),
        ({"wait": "long"}, "wait"),
        ({"data": b"plain words, no sound"}, "file"),
        ({"data": b"\x89PNG\r\n\x1a\n" + bytes(100)}, "file"),
        ({"data": b"#EXTM3U\nfile:///etc/passwd"}, "file"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(admin_client: Client, fields, field):
    answer = post(admin_client, **fields)
    assert answer.status_code == 400 and answer.json()["errors"][field]
    assert not left() and not Job.objects.exists()


@pytest.mark.parametrize("form", [{}, {"file": "words"}, {"file": SimpleUploadedFile("a.wav", b"")}])
def test_a_form_without_a_file_says_so(admin_client: Client, form):
    answer = admin_client.post(URL, form)
    assert answer.status_code == 400 and answer.json()["errors"]["file"]


def test_a_body_that_is_no_form_is_refused(admin_client: Client):
    assert admin_client.post(URL, {"file": "x"}, "application/json").status_code == 415
    broken = admin_client.post(URL, b"--x\r\nnonsense", "multipart/form-data; boundary=x")
    assert broken.status_code == 400 and not left()


def test_a_file_that_is_too_large_is_refused(admin_client: Client, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 1000)
    answer = post(admin_client)
    assert answer.status_code == 413 and "too large" in answer.json()["detail"] and not left()
    monkeypatch.setattr("sounds.uploads.LARGEST_FORM_BYTES", 10)
    assert post(admin_client).status_code == 413  # by the length of the whole request


def test_without_ffmpeg_some_are_refused_at_once(admin_client: Client, tmp_path, monkeypatch):
    data = by_ffmpeg("m4a", tmp_path)
    ffmpeg.uninstall(tmp_path / "bin", monkeypatch)
    answer = post(admin_client, data, "a.m4a")
    assert answer.status_code == 501 and "m4a is read by ffmpeg" in answer.json()["detail"] and not left()


def test_its_name_is_not_trusted(admin_client: Client):
    post(admin_client, name="../../evil.py")
    drain()
    sound = Sound.objects.get()
    assert sound.title == "evil" and sound.file("original").location.name == "original.wav"


def test_a_token_needs_the_scope(admin_user):
    client = Client()
    assert client.post(URL, {}).status_code == 401
    for scope, status in ((Scope.READ, 403), (Scope.GENERATE, 202)):
        _, text = Token.objects.issue(admin_user, name="script", scope=scope)
        form = {"file": SimpleUploadedFile("a.wav", a_file())}
        answer = client.post(f"{URL}?wait=0", form, headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == status


def test_a_browser_without_its_secret_is_refused(admin_user):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    assert post(browser).status_code == 403 and not left()
