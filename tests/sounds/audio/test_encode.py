from __future__ import annotations

import errno
import hashlib
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sounds.audio.decode import read
from sounds.audio.encode import FORMATS, encode, format_of, quantised
from sounds.audio.loudness import loudness
from sounds.audio.master import master
from sounds.audio.true_peak import true_peak_db

from .signals import RATE_HZ, chime, click, noise

SUFFIXES = sorted(FORMATS)


@pytest.fixture(scope="module")
def sound():
    return master(chime(), duration_s=0.8, loudness_lufs=-16.0).audio


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_sound_and_seed_give_the_same_bytes(sound, tmp_path, suffix):
    first = encode(sound, tmp_path / f"a.{suffix}", seed=5)
    second = encode(sound, tmp_path / f"b.{suffix}", seed=5)
    data = (tmp_path / f"a.{suffix}").read_bytes()
    assert data == (tmp_path / f"b.{suffix}").read_bytes()
    assert first == second
    assert (first.bytes, first.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_an_ogg_does_not_remember_when_it_was_made(sound, tmp_path, monkeypatch):
    """libsndfile draws a serial from the clock; two runs a second apart must not differ."""
    encode(sound, tmp_path / "a.ogg", seed=0x01020304)
    assert (tmp_path / "a.ogg").read_bytes()[14:18] == bytes([4, 3, 2, 1])


@given(
    frames=st.integers(1, 60_000),
    channels=st.integers(1, 2),
    suffix=st.sampled_from(SUFFIXES),
    rate_hz=st.sampled_from([44_100, 48_000]),
)
@settings(max_examples=30, deadline=None)
def test_every_format_decodes_to_exactly_the_frames_given(
    tmp_path_factory, frames, channels, suffix, rate_hz
):
    path = tmp_path_factory.mktemp("length") / f"sound.{suffix}"
    encode(noise(2.0)[:frames, :channels], path, seed=frames, rate_hz=rate_hz)
    decoded, rate = read(path)
    assert decoded.shape == (frames, channels)
    assert rate == rate_hz


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("make", [chime, click, noise])
def test_every_format_stays_below_the_ceiling_and_keeps_its_loudness(tmp_path, suffix, make):
    master_ = master(make(), duration_s=0.6, loudness_lufs=-11.0).audio
    encode(master_, tmp_path / f"a.{suffix}", seed=1)
    decoded, _ = read(tmp_path / f"a.{suffix}")
    assert true_peak_db(decoded) <= -1.0
    assert loudness(decoded) == pytest.approx(loudness(master_), abs=1.0)


@pytest.mark.parametrize("suffix", ["mp3", "ogg"])
def test_a_lossy_chime_sounds_as_loud_as_its_master(sound, tmp_path, suffix):
    encode(sound, tmp_path / f"a.{suffix}", seed=1)
    assert loudness(read(tmp_path / f"a.{suffix}")[0]) == pytest.approx(loudness(sound), abs=0.1)


@pytest.mark.parametrize("suffix", ["mp3", "ogg"])
def test_what_is_too_high_is_turned_down_in_a_lossy_format(tmp_path, suffix):
    encode(np.clip(noise(level=1.0), -1.0, 1.0), tmp_path / f"a.{suffix}", seed=1)
    assert true_peak_db(read(tmp_path / f"a.{suffix}")[0]) <= -1.0


def test_an_mp3_has_192_kbit_in_every_frame(sound, tmp_path):
    encode(sound, tmp_path / "a.mp3", seed=1)
    data = (tmp_path / "a.mp3").read_bytes()
    assert data[:2] == b"\xff\xfb"
    assert data[2] >> 4 == 11  # MPEG 1 layer III: index 11 is 192 kbit/s


def test_wav_and_flac_hold_the_same_samples(sound, tmp_path):
    for suffix in ("wav", "flac"):
        encode(sound, tmp_path / f"a.{suffix}", seed=9)
    wav, flac = (read(tmp_path / f"a.{suffix}")[0] for suffix in ("wav", "flac"))
    assert np.array_equal(wav, flac)
    assert np.abs(wav - sound).max() <= 1.5 / 32_768 + 1e-7


def test_another_seed_dithers_otherwise(sound):
    assert not np.array_equal(quantised(sound, seed=1), quantised(sound, seed=2))


def test_dither_decouples_the_error_from_the_sound():
    """A tone of a third of a step survives as its average, where plain rounding would leave nothing."""
    constant = np.full((200_000, 1), 1 / 3 / 32_768, np.float32)
    constant[0] = 0.5
    samples = quantised(constant, seed=3)[1:].astype(float)
    assert samples.mean() == pytest.approx(1 / 3, abs=0.01)
    assert samples.var() == pytest.approx(0.25, abs=0.01)


def test_dither_leaves_digital_silence_and_the_peak_alone(sound):
    samples = quantised(sound, seed=3)
    assert not samples[sound == 0.0].any()
    assert not samples[[0, -1]].any()
    assert np.abs(samples).max() <= np.ceil(np.abs(sound).max() * 32_768)


def test_full_scale_does_not_wrap_around():
    samples = quantised(np.array([[1.0], [-1.0], [2.0], [-2.0]]), seed=1)
    assert np.all(np.abs(samples.astype(int)) >= 32_766)
    assert np.array_equal(np.sign(samples[:, 0]), [1, -1, 1, -1])


def test_an_unknown_format_is_refused_in_a_sentence(sound, tmp_path):
    with pytest.raises(ValueError, match="written as wav, mp3, ogg, flac, not as 'aac'"):
        encode(sound, tmp_path / "a.aac", seed=1)
    assert format_of("A.WAV").mime_type == "audio/wav"


@pytest.mark.parametrize("audio", [np.zeros((0, 2)), np.array([[np.nan]])])
def test_what_is_no_sound_is_refused(audio, tmp_path):
    with pytest.raises(ValueError, match="finite numbers"):
        encode(audio, tmp_path / "a.wav", seed=1)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_file_and_nothing_else(sound, tmp_path, monkeypatch):
    encode(sound, tmp_path / "a.wav", seed=1)
    before = (tmp_path / "a.wav").read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        encode(sound, tmp_path / "a.wav", seed=2)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_bytes() == before


def test_a_missing_folder_is_the_systems_own_error(sound, tmp_path):
    with pytest.raises(FileNotFoundError):
        encode(sound, tmp_path / "nowhere" / "a.wav", seed=1)


def test_a_long_sound_can_be_written_as_ogg(tmp_path):
    """libsndfile's Vorbis writer once overflowed its stack with a single long write."""
    long = np.tile(chime(), (20, 1))
    encode(long, tmp_path / "a.ogg", seed=1)
    assert len(read(tmp_path / "a.ogg")[0]) == 20 * RATE_HZ
