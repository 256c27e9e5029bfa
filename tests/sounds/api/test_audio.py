"""A sound's bytes and pictures by its address: what a player, a page or a script asks for."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from jobs.models import Job
from jobs.run import drain, finish
from sounds.api import audio
from sounds.models import AudioFile, Sound
from tests.support import ffmpeg
from tests.support.briefs import submit
from tests.support.studio import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sound(warm_hosts) -> Sound:
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    return Sound.objects.get()


@pytest.fixture
def url(sound) -> str:
    return f"/api/audio/{sound.uuid}"


@pytest.fixture
def a_worker(sound):
    """Somebody who does the job that a request waits for."""

    def work():
        wait_for(Job.objects.unfinished().exists)
        drain()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(audio, "RENDITION_WITHIN_S", 0.0)


def test_the_master_is_what_is_given(admin_client: Client, sound, url):
    answer = admin_client.get(url)
    assert answer.status_code == 200 and answer["Content-Type"] == "audio/wav"
    assert answer.content == sound.file("wav").location.read_bytes()
    assert answer["Accept-Ranges"] == "bytes" and answer["Content-Length"] == str(len(answer.content))
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Disposition"] == 'inline; filename="a tone.wav"'
    assert answer["ETag"] == f'"{sound.file("wav").sha256}"'


def test_part_of_it_head_and_nothing_new(admin_client: Client, sound, url):
    whole = sound.file("wav").location.read_bytes()
    part = admin_client.get(url, headers={"Range": "bytes=-100"})
    assert (part.status_code, part.content) == (206, whole[-100:])
    beyond = admin_client.get(url, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416 and beyond["Content-Range"] == f"bytes */{len(whole)}"
    assert beyond.json()["status"] == 416 and "Cache-Control" not in beyond
    assert admin_client.get(url, headers={"If-None-Match": part["ETag"]}).status_code == 304
    head = admin_client.head(url)
    assert head.status_code == 200 and head["Content-Length"] == str(len(whole)) and not head.content


def test_it_can_be_saved_instead_of_played(admin_client: Client, url):
    assert admin_client.get(f"{url}?download=1")["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("accept", ["audio/*", "text/html", "image/png"])
def test_it_comes_whatever_the_player_says_it_accepts(admin_client: Client, url, accept):
    assert admin_client.get(url, headers={"Accept": accept})["Content-Type"] == "audio/wav"


@pytest.mark.usefixtures("a_worker")
def test_another_format_is_made_once_and_kept(admin_client: Client, sound, url):
    answer = admin_client.get(f"{url}?format=mp3")
    assert answer.status_code == 200 and answer["Content-Type"] == "audio/mpeg"
    assert answer.content == sound.file("mp3").location.read_bytes()
    jobs = Job.objects.count()
    assert admin_client.get(f"{url}?format=MP3").content == answer.content and Job.objects.count() == jobs


@pytest.mark.usefixtures("a_worker")
@pytest.mark.parametrize("format_, type_", [("m4a", "audio/mp4"), ("webm", "audio/webm")])
def test_with_ffmpeg_there_are_more(admin_client: Client, url, tmp_path, monkeypatch, format_, type_):
    ffmpeg.install(tmp_path / "bin", monkeypatch)
    answer = admin_client.get(f"{url}?format={format_}")
    assert answer.status_code == 200 and answer["Content-Type"] == type_


@pytest.mark.parametrize("format_", ["m4a", "webm"])
def test_without_ffmpeg_that_is_said_at_once(admin_client: Client, url, tmp_path, monkeypatch, format_):
    ffmpeg.uninstall(tmp_path / "bin", monkeypatch)
    jobs = Job.objects.count()
    answer = admin_client.get(f"{url}?format={format_}")
    assert answer.status_code == 501 and "install it" in answer.json()["detail"]
    assert answer["Content-Type"] == "application/problem+json" and Job.objects.count() == jobs


@pytest.mark.usefixtures("impatient")
def test_one_that_takes_its_time_is_to_be_asked_for_again(admin_client: Client, url):
    for _ in range(2):
        answer = admin_client.get(f"{url}?format=ogg")
        assert answer.status_code == 503 and answer["Retry-After"] == "2"
    assert Job.objects.filter(kind="sounds.rendition").count() == 1
    drain()
    assert admin_client.get(f"{url}?format=ogg").status_code == 200


@pytest.mark.usefixtures("a_worker")
def test_one_that_cannot_be_made_says_why(admin_client: Client, sound, url):
    master = sound.file("wav").location
    master.write_bytes(bytes(master.stat().st_size))
    answer = admin_client.get(f"{url}?format=mp3")
    assert answer.status_code == 409 and "generate it again" in answer.json()["detail"]


def test_an_unknown_format_is_named(admin_client: Client, url):
    problem = admin_client.get(f"{url}?format=exe").json()
    assert problem["status"] == 400 and "wav, mp3" in problem["errors"]["format"]


@pytest.mark.parametrize("path", ["", "/peaks", "/waveform.svg", "/spectrogram.png"])
@pytest.mark.parametrize("id_", [str(uuid.UUID(int=7)), "nonsense", "1"])
def test_an_unknown_sound_is_not_found(admin_client: Client, id_, path):
    answer = admin_client.get(f"/api/audio/{id_}{path}")
    assert answer.status_code == 404 and answer.json()["detail"] == "There is no such sound."


@pytest.mark.parametrize("path", ["", "?format=mp3", "/peaks", "/waveform.svg", "/spectrogram.png"])
def test_what_was_cleaned_up_is_gone(admin_client: Client, sound, url, path):
    for file in sound.files.all():
        file.location.unlink()
    answer = admin_client.get(url + path)
    assert answer.status_code == 410 and "generate the sound again" in answer.json()["detail"]


def test_a_sound_made_here_has_no_original(admin_client: Client, url):
    assert admin_client.get(f"{url}?format=original").status_code == 404


@pytest.mark.parametrize("path", ["/etc/hostname", "../secret", "generated/link"])
def test_nothing_outside_the_audio_folder_is_ever_read(admin_client: Client, sound, url, settings, path):
    secret = settings.AUDIO_OUTPUT_DIR.parent / "secret"
    secret.write_text("secret")
    (settings.AUDIO_OUTPUT_DIR / "generated" / "link").symlink_to(secret)
    size = len(Path(path).read_bytes()) if path.startswith("/") else 6
    AudioFile.objects.filter(role="master").update(path=path, bytes=size)
    assert admin_client.get(url).status_code == 410
    assert admin_client.get(f"/sounds/{sound.uuid}/audio.wav").status_code == 404


def test_its_outline_and_its_pictures(admin_client: Client, sound, url):
    peaks = admin_client.get(f"{url}/peaks")
    assert peaks.json()["duration_s"] == 0.5 and len(peaks.json()["peaks"]) == 400
    waveform = admin_client.get(f"{url}/waveform.svg")
    assert waveform["Content-Type"] == "image/svg+xml" and b"<path" in waveform.content
    spectrogram = admin_client.get(f"{url}/spectrogram.png")
    assert spectrogram.content.startswith(b"\x89PNG")
    for path, answer in {"peaks": peaks, "waveform.svg": waveform, "spectrogram.png": spectrogram}.items():
        assert "immutable" in answer["Cache-Control"]
        again = admin_client.get(f"{url}/{path}", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304 and not again.content


def test_it_asks_the_database_little(admin_client: Client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):  # session, user, sound, files
        admin_client.get(url)
