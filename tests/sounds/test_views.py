"""Sounds over HTTP: for people who are signed in, whole or in part."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from jobs.run import finish
from sounds.models import Sound
from tests.support.briefs import submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sound(warm_hosts) -> Sound:
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    return Sound.objects.get()


@pytest.fixture
def audio_url(sound) -> str:
    return reverse("sounds:audio", args=[sound.uuid, "wav"])


def test_the_whole_sound(admin_client: Client, sound, audio_url):
    answer = admin_client.get(audio_url)
    assert answer.status_code == 200
    assert answer.content == sound.file("wav").location.read_bytes()
    assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("audio/wav", "bytes")


@pytest.mark.parametrize(
    "asked, part, place",
    [
        ("bytes=0-3", slice(0, 4), "0-3"),
        ("bytes=44-", slice(44, None), "44-{last}"),
        ("bytes=-10", slice(-10, None), "{tenth}-{last}"),
        ("bytes=10-99999999", slice(10, None), "10-{last}"),
    ],
)
def test_a_part_of_it(admin_client: Client, sound, audio_url, asked, part, place):
    whole = sound.file("wav").location.read_bytes()
    answer = admin_client.get(audio_url, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == whole[part]
    where = place.format(last=len(whole) - 1, tenth=len(whole) - 10)
    assert answer["Content-Range"] == f"bytes {where}/{len(whole)}"


def test_a_part_beyond_the_end_is_refused(admin_client: Client, audio_url):
    assert admin_client.get(audio_url, headers={"Range": "bytes=99999999-"}).status_code == 416


@pytest.mark.parametrize("nonsense", ["bytes=-", "bytes=5", "items=0-3", "bytes=0-1,5-6"])
def test_a_range_nobody_understands_gets_the_whole(admin_client: Client, audio_url, nonsense):
    assert admin_client.get(audio_url, headers={"Range": nonsense}).status_code == 200


def test_what_did_not_change_is_not_sent_again(admin_client: Client, audio_url):
    etag = admin_client.get(audio_url)["ETag"]
    assert admin_client.get(audio_url, headers={"If-None-Match": etag}).status_code == 304


def test_its_pictures(admin_client: Client, sound):
    waveform = admin_client.get(reverse("sounds:waveform", args=[sound.uuid]))
    assert waveform["Content-Type"] == "image/svg+xml" and b"<path" in waveform.content
    spectrogram = admin_client.get(reverse("sounds:spectrogram", args=[sound.uuid]))
    assert spectrogram.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["audio.wav", "waveform.svg", "spectrogram.png"])
def test_nobody_hears_or_sees_it_without_signing_in(client: Client, sound, path):
    answer = client.get(f"/sounds/{sound.uuid}/{path}")
    assert answer.status_code == 302 and "/login/" in answer["Location"]


@pytest.mark.parametrize("path", ["audio.wav", "audio.mp3", "audio.exe", "waveform.svg", "spectrogram.png"])
def test_what_is_not_there_is_not_found(admin_client: Client, path):
    assert admin_client.get(f"/sounds/{uuid.uuid4()}/{path}").status_code == 404


def test_the_row_of_a_file_that_is_gone_is_not_found(admin_client: Client, sound, audio_url):
    sound.file("wav").location.unlink()
    assert admin_client.get(audio_url).status_code == 404
