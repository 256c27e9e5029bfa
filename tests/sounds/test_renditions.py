"""Sounds in other formats: made once, kept, and true to the master."""

from __future__ import annotations

import io
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from jobs.models import Job, Status
from jobs.run import finish
from sounds import renditions
from sounds.formats import FORMATS
from sounds.models import AudioFile, Sound
from tests.support import ffmpeg
from tests.support.briefs import submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sound(warm_hosts) -> Sound:
    finish(submit(["a tone"], wake=False, duration_s=1.5), tick=lambda: None)
    return Sound.objects.get()


@pytest.fixture
def with_ffmpeg(tmp_path, monkeypatch) -> None:
    ffmpeg.install(tmp_path / "bin", monkeypatch)


def made(sound: Sound, format_: str) -> Job:
    job = renditions.order(sound, format_)
    finish(job.batch, tick=lambda: None)
    job.refresh_from_db()
    return job


def heard(file: AudioFile) -> np.ndarray:
    """The file as ffmpeg decodes it, which knows every format."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(file.location)]
    wav = subprocess.run([*command, "-ar", "44100", "-f", "wav", "-"], capture_output=True, check=True).stdout
    return soundfile.read(io.BytesIO(wav), always_2d=True)[0]


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "wav"])
def test_every_format_decodes_to_the_same_sound(sound, with_ffmpeg, format_):
    assert made(sound, format_).status == Status.SUCCEEDED
    file = sound.file(format_)
    assert file.role == "rendition" and file.is_whole and file.is_there
    master, rendition = heard(sound.file("wav")), heard(file)
    assert abs(len(rendition) - len(master)) / 44_100 < 0.003
    frames = min(len(master), len(rendition))
    shift = _shift(master[:frames, 0], rendition[:frames, 0])
    assert abs(shift) <= 44  # a millisecond
    assert np.abs(rendition).max() <= 10 ** (-0.5 / 20)


def _shift(a: np.ndarray, b: np.ndarray) -> int:
    size = 2 * len(a)
    correlation = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)))
    best = int(np.argmax(correlation))
    return best if best < len(a) else best - size


def test_a_rendition_is_the_same_bytes_whenever_it_is_made(sound, with_ffmpeg):
    for format_ in ("mp3", "m4a", "webm"):
        made(sound, format_)
        before = sound.files.get(format=format_).sha256
        sound.files.filter(format=format_).delete()
        made(sound, format_)
        assert sound.files.get(format=format_).sha256 == before


def test_twins_harm_nothing(sound):
    payload = {"sound": sound.pk, "format": "mp3"}
    new = renditions.NewJob(kind=renditions.RENDITION, lane="procedural", payload=payload)
    finish(Job.objects.submit([new, new], wake=False), tick=lambda: None)
    assert set(Job.objects.filter(kind=renditions.RENDITION).values_list("status", flat=True)) == {
        "succeeded"
    }
    assert sound.files.filter(format="mp3").count() == 1 and sound.file("mp3").is_whole


def test_who_asks_for_what_is_being_made_waits_for_the_same_job(sound):
    assert renditions.order(sound, "mp3") == renditions.order(sound, "mp3")
    assert renditions.order(sound, "ogg") != renditions.order(sound, "mp3")


def test_one_that_is_gone_from_disk_is_made_again(sound):
    made(sound, "ogg")
    sound.file("ogg").location.unlink()
    assert made(sound, "ogg").status == Status.SUCCEEDED and sound.file("ogg").is_whole


def test_without_a_master_there_is_nothing_to_make_it_from(sound):
    sound.file("wav").location.unlink()
    job = made(sound, "mp3")
    assert job.status == Status.FAILED and "generate it again" in job.error


def test_nothing_is_left_where_it_was_written(sound, settings):
    made(sound, "mp3")
    assert not list((settings.AUDIO_OUTPUT_DIR / "temp").iterdir())


def test_an_ffmpeg_that_fails_is_told_in_words(sound, tmp_path, monkeypatch, settings):
    ffmpeg.uninstall(tmp_path / "bin", monkeypatch)
    broken = tmp_path / "bin" / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    job = made(sound, "m4a")
    assert job.status == Status.FAILED and "ffmpeg could not write .m4a" in job.error
    assert not list((settings.AUDIO_OUTPUT_DIR / "temp").iterdir())


def test_a_worker_without_ffmpeg_says_so(sound, tmp_path, monkeypatch):
    ffmpeg.uninstall(tmp_path / "bin", monkeypatch)
    job = made(sound, "webm")
    assert job.status == Status.FAILED and "install it" in job.error
