from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
import soundfile

from sounds.audio.encode import FORMATS, encode
from sounds.audio.inspect import format_of, inspect
from sounds.audio.loudness import loudness
from sounds.audio.master import master
from sounds.audio.true_peak import true_peak_db

from .signals import RATE_HZ, chime, noise

FIGURES = ("sample_rate_hz", "channels", "duration_s", "bit_rate_kbps", "loudness_lufs", "true_peak_dbtp")


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_it_says_what_a_file_holds(tmp_path, suffix):
    sound = master(chime(wait_s=0.2), duration_s=1.0, loudness_lufs=-18.0).audio
    path = tmp_path / f"a.{suffix}"
    encode(sound, path, seed=1)
    report = inspect(path)
    assert report.error == ""
    assert report.format == suffix
    assert (report.sample_rate_hz, report.channels, report.duration_s) == (RATE_HZ, 2, 1.0)
    assert report.bytes == path.stat().st_size
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert report.loudness_lufs == pytest.approx(loudness(sound), abs=0.1)
    assert report.true_peak_dbtp == pytest.approx(true_peak_db(sound), abs=0.3)
    assert report.onset_s <= 0.011
    assert json.loads(json.dumps(report.as_dict())) == report.as_dict()


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [("wav", "PCM_16"), ("flac", "PCM_16"), ("mp3", "MPEG_LAYER_III"), ("ogg", "VORBIS")],
)
def test_the_subtype_is_libsndfiles(tmp_path, suffix, subtype):
    encode(chime(), tmp_path / f"a.{suffix}", seed=1)
    assert inspect(tmp_path / f"a.{suffix}").subtype == subtype


def test_the_bit_rate_is_that_of_lossy_files(tmp_path):
    for suffix in FORMATS:
        encode(noise(3.0), tmp_path / f"a.{suffix}", seed=1)
    assert inspect(tmp_path / "a.mp3").bit_rate_kbps == pytest.approx(192, abs=8)
    size = (tmp_path / "a.ogg").stat().st_size
    assert inspect(tmp_path / "a.ogg").bit_rate_kbps == pytest.approx(8 * size / 3.0 / 1000)
    assert inspect(tmp_path / "a.wav").bit_rate_kbps == inspect(tmp_path / "a.flac").bit_rate_kbps == 0.0


def test_a_tag_before_an_mp3_is_no_sound(tmp_path):
    encode(chime(), tmp_path / "a.mp3", seed=1)
    bare = inspect(tmp_path / "a.mp3")
    tag = b"ID3\x04\x00\x00\x00\x00\x1f\x00" + bytes(0x1F << 7)
    (tmp_path / "b.mp3").write_bytes(tag + (tmp_path / "a.mp3").read_bytes())
    tagged = inspect(tmp_path / "b.mp3")
    assert tagged.format == "mp3"
    assert tagged.bit_rate_kbps == pytest.approx(bare.bit_rate_kbps)
    assert tagged.duration_s == bare.duration_s


def test_silences_are_measured_at_both_ends(tmp_path):
    sound = np.zeros((RATE_HZ, 2), np.float32)
    sound[4410:22_050] = 0.3
    encode(sound, tmp_path / "a.wav", seed=1)
    report = inspect(tmp_path / "a.wav")
    assert (report.leading_silence_s, report.trailing_silence_s) == pytest.approx((0.1, 0.5), abs=0.001)
    assert report.onset_s == pytest.approx(0.1, abs=0.006)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
        (b"RIFF\x00\x00\x00\x00AVI ", ""),
        (b"RF64\xff\xff\xff\xffWAVE", "wav"),
        (b"FORM\x00\x00\x00\x00AIFF", "aiff"),
        (b"FORM\x00\x00\x00\x00AIFC", "aiff"),
        (b"OggS\x00\x02", "ogg"),
        (b"fLaC\x00\x00", "flac"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64", "mp3"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00fLaC", "flac"),
        (b"ID3", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xf3\x90\x64", "mp3"),
        (b"\xff\xff\xff\xff", ""),
        (b"\xff\xf1\x50\x80", ""),  # AAC in ADTS: the same sync, layer 0
        (b"\xff\xd8\xff\xe0", ""),  # JPEG
        (b"\xff", ""),
        (b"", ""),
    ],
)
def test_the_format_is_in_the_first_bytes(head, expected):
    assert format_of(head) == expected


def test_an_aiff_is_recognised(tmp_path):
    soundfile.write(tmp_path / "a.aiff", chime(), RATE_HZ)
    assert inspect(tmp_path / "a.aiff").format == "aiff"


@pytest.mark.parametrize(
    "data", [b"", b"RIFF\x04\x00\x00\x00WAVE", b"nothing to hear", b"\xff\xfb\x90\x64" + bytes(50)]
)
def test_bad_audio_is_an_error_in_words_and_never_an_exception(tmp_path, data):
    (tmp_path / "a.wav").write_bytes(data)
    report = inspect(tmp_path / "a.wav")
    assert report.error.startswith("a.wav ")
    assert report.error.endswith(".")
    assert report.bytes == len(data)
    assert not any(report.as_dict()[name] for name in FIGURES)


def test_a_file_without_frames_is_an_error(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((0, 2)), RATE_HZ)
    assert "no frames" in inspect(tmp_path / "a.wav").error


def test_a_missing_file_is_the_systems_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "missing.wav")


def test_a_sound_that_is_far_too_long_for_a_pack_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "long.flac"
    soundfile.write(path, np.zeros((61 * 8000, 1), dtype=np.float32), 8000)
    assert "longer than 60 seconds" in inspect(path).error
