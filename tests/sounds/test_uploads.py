"""A stranger's file becomes a sound beside the others, and stays what it was."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from jobs.models import Job, Status
from jobs.run import finish
from sounds import uploads
from sounds.models import Sound
from tests.support import ffmpeg

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("warm_hosts")]


def tone(
    *, seconds: float = 1.0, rate_hz: int = 48_000, channels: int = 2, silence_s: float = 0.0
) -> np.ndarray:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = 0.3 * np.sin(2 * np.pi * 880 * t) * np.exp(-t)
    return np.concatenate([np.zeros(round(silence_s * rate_hz)), wave])[:, None].repeat(channels, axis=1)


def a_file(form: str = "WAV", rate_hz: int = 48_000, subtype: str | None = None, **options) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, tone(rate_hz=rate_hz, **options), rate_hz, format=form, subtype=subtype)
    return buffer.getvalue()


def by_ffmpeg(suffix: str, tmp_path: Path, *more: str) -> bytes:
    """A file of a format that only ffmpeg writes."""
    target = tmp_path / f"made.{suffix}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "wav", "-i", "-", *more, str(target)]
    subprocess.run(command, input=a_file(), check=True)
    return target.read_bytes()


def taken_in(data: bytes, suffix: str = "wav", **options) -> Job:
    arrived = uploads.folder() / "arrived.part"
    arrived.write_bytes(data)
    kept = uploads.keep(arrived, suffix)
    job = uploads.take_in_job(kept, title="Mine", **{"licence": "CC-BY-4.0"} | options)
    batch = Job.objects.submit([job], wake=False)
    finish(batch, tick=lambda: None)
    return batch.jobs.get()


@pytest.mark.parametrize(
    "form, suffix, subtype",
    [("WAV", "wav", None), ("FLAC", "flac", None), ("OGG", "ogg", None), ("OGG", "opus", "OPUS"),
     ("MP3", "mp3", None), ("AIFF", "aiff", None)],
)  # fmt: skip
def test_whatever_libsndfile_reads_becomes_a_sound(form, suffix, subtype, settings):
    data = a_file(form, subtype=subtype)
    job = taken_in(data, suffix, attribution="Somebody")
    assert job.status == Status.SUCCEEDED, job.error
    sound = Sound.objects.get()
    assert job.result == {"sound": str(sound.uuid)} and sound.uuid == job.attempt_uuid
    assert (sound.kind, sound.engine, sound.engine_version) == ("notification", "upload", "1")
    assert (sound.title, sound.licence, sound.attribution) == ("Mine", "CC-BY-4.0", "Somebody")
    assert abs(sound.duration_s - 1.0) < 0.06 and abs(sound.loudness_lufs + 18) < 1
    assert sound.true_peak_dbtp <= -1 and sound.quality > 50
    kinds = set(sound.files.values_list("role", "format"))
    assert kinds == {
        ("original", suffix), ("master", "wav"), ("rendition", "mp3"), ("picture", "json"), ("picture", "png")
    }  # fmt: skip
    assert sound.file("original").location.read_bytes() == data
    assert all(file.is_whole and file.is_there for file in sound.files.all())
    assert sound.file(suffix).role != "original" if suffix in ("wav", "mp3") else True
    assert not list(uploads.folder().iterdir())
    assert sound.plan().fingerprint == sound.fingerprint and sound.plan().prompt == "Mine"


def test_its_master_is_at_our_rate_and_of_its_own_length():
    taken_in(a_file(rate_hz=22_050, channels=1, seconds=2.25, silence_s=3.0))
    sound = Sound.objects.get()
    master, rate_hz = soundfile.read(sound.file("wav").location)
    assert rate_hz == 44_100 and master.shape[1] == 2
    assert abs(sound.duration_s - 2.25) < 0.02 and len(master) == sound.plan().frames
    spectrum = np.abs(np.fft.rfft(master[:44_100, 0]))
    assert abs(int(np.argmax(spectrum)) - 880) <= 1


@pytest.mark.parametrize("seconds, expected", [(0.05, 0.5), (12.0, 5.0)])
def test_its_length_stays_within_what_a_notification_may_have(seconds, expected):
    taken_in(a_file(seconds=seconds))
    assert Sound.objects.get().duration_s == expected


def test_a_length_and_a_loudness_can_be_asked_for():
    taken_in(a_file(), duration_s=0.75, loudness_lufs=-24, hook="tool_error")
    sound = Sound.objects.get()
    assert sound.duration_s == 0.75 and abs(sound.loudness_lufs + 24) < 1 and sound.hook == "tool_error"


def test_many_channels_are_folded():
    assert taken_in(a_file(channels=6)).status == Status.SUCCEEDED


def test_two_files_of_one_title_are_two_sounds():
    taken_in(a_file())
    taken_in(a_file(rate_hz=44_100))
    first, second = Sound.objects.all()
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize(
    "data, words",
    [
        (b"RIFF\x04\x00\x00\x00WAVE", "cannot be decoded"),
        (a_file()[:44], "no frames"),
        (a_file("FLAC")[:60], ""),
        (b"plain words", "not audio"),
        (a_file(seconds=0.0, silence_s=1.0), "silent"),
    ],
)
def test_what_cannot_be_a_sound_fails_in_words_and_waits_for_a_retry(data, words, settings):
    job = taken_in(data)
    assert job.status == Status.FAILED and words in job.error and "Error" not in job.error
    assert len(list(uploads.folder().iterdir())) == 1 and not Sound.objects.exists()
    assert not list((settings.AUDIO_OUTPUT_DIR / "generated").glob("*/*"))


def test_a_file_that_was_cleaned_up_is_asked_for_again():
    arrived = uploads.folder() / "arrived.part"
    arrived.write_bytes(a_file())
    kept = uploads.keep(arrived, "wav")
    kept.unlink()
    batch = Job.objects.submit([uploads.take_in_job(kept, title="x", licence="CC0-1.0")], wake=False)
    finish(batch, tick=lambda: None)
    assert "upload it again" in batch.jobs.get().error


def test_an_attempt_that_dies_leaves_the_file_to_the_next(monkeypatch):
    from sounds import hosts

    def lost(*_args, **_options):
        raise KeyboardInterrupt  # as when the worker is told to leave

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(hosts.RenderHost, "call", lost)
        taken_in(a_file())
    job = Job.objects.get()
    assert job.status == Status.QUEUED
    finish(job.batch, tick=lambda: None)
    assert Sound.objects.get().file("original").is_whole and not list(uploads.folder().iterdir())


# With ffmpeg ------------------------------------------------------------------------------------------


@pytest.fixture
def with_ffmpeg(tmp_path, monkeypatch) -> None:
    ffmpeg.install(tmp_path / "bin", monkeypatch)


@pytest.mark.usefixtures("with_ffmpeg")
@pytest.mark.parametrize("suffix", ["m4a", "webm", "aac", "wma", "caf", "wv", "mov", "mka"])
def test_with_ffmpeg_more_can_be_read(suffix, tmp_path, settings):
    data = by_ffmpeg(suffix, tmp_path)
    assert uploads.container_of(data).suffix_for(f"a.{suffix}") == suffix
    job = taken_in(data, suffix)
    assert job.status == Status.SUCCEEDED, job.error
    sound = Sound.objects.get()
    assert abs(sound.duration_s - 1.0) < 0.06 and sound.file("original").location.read_bytes() == data
    assert [path.name for path in (settings.AUDIO_OUTPUT_DIR / "temp").iterdir()] == ["uploads"]


@pytest.mark.usefixtures("with_ffmpeg")
def test_a_file_without_sound_fails_in_words(tmp_path):
    target = tmp_path / "silent.mp4"
    source = ["-f", "lavfi", "-i", "testsrc=d=0.2:s=64x64"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(target)], check=True)
    job = taken_in(target.read_bytes(), "mp4")
    assert job.status == Status.FAILED and "ffmpeg cannot read it" in job.error


@pytest.mark.usefixtures("with_ffmpeg")
@pytest.mark.parametrize("suffix", ["m4a", "webm"])
def test_no_playlist_leads_to_other_files(tmp_path, suffix, settings):
    """Even one that reaches the job, past the look at its first bytes."""
    secret = tmp_path / "secret.wav"
    secret.write_bytes(a_file())
    for text in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{secret}'\n",
        f"[playlist]\nFile1={secret}\n",
    ):
        assert uploads.container_of(text.encode()) is None
        disguised = b"\x00\x00\x00\x18ftypM4A " + text.encode() if suffix == "m4a" else text.encode()
        assert taken_in(disguised, suffix).status == Status.FAILED
    assert not Sound.objects.exists()


def test_without_ffmpeg_that_is_said(tmp_path, monkeypatch):
    data = by_ffmpeg("m4a", tmp_path)
    ffmpeg.uninstall(tmp_path / "bin", monkeypatch)
    job = taken_in(data, "m4a")
    assert job.status == Status.FAILED and "ffmpeg is not installed" in job.error
