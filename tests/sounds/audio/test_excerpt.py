"""The beginning of somebody's file."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from sounds.audio.decode import DecodeError
from sounds.audio.excerpt import excerpt, is_master, whole


def knock(seconds: float, rate_hz: int, channels: int = 2) -> np.ndarray:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (0.3 * np.sin(2 * np.pi * 500 * t) * np.exp(-t))[:, None].repeat(channels, axis=1)


def written(path, sound, rate_hz):
    soundfile.write(path, sound, rate_hz)
    return path


def test_it_begins_with_the_sound_and_is_no_longer_than_needed(tmp_path):
    late = np.concatenate([np.zeros((96_000, 2)), knock(20, 48_000)])
    sound = excerpt(written(tmp_path / "a.wav", late, 48_000), longest_s=5)
    assert sound.dtype == np.float32 and 5 <= len(sound) / 44_100 <= 5.2
    assert np.abs(sound[: round(0.05 * 44_100)]).max() > 0.2


def test_an_hour_is_not_loaded(tmp_path):
    """Nor is what a header claims."""
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 8_000, 1) as file:
        file.write(knock(1, 8_000, 1))
        for _ in range(60):
            file.write(np.zeros((8_000 * 60, 1)))
    assert len(excerpt(path, longest_s=5)) <= 5.2 * 44_100


@pytest.mark.parametrize("channels, kept", [(1, 1), (2, 2), (6, 1)])
def test_its_channels(tmp_path, channels, kept):
    assert (
        excerpt(written(tmp_path / "a.wav", knock(1, 44_100, channels), 44_100), longest_s=5).shape[1] == kept
    )


def test_an_offset_does_not_hide_where_it_begins(tmp_path):
    late = np.concatenate([np.zeros((44_100, 2)), knock(1, 44_100)]) + 0.1
    assert len(excerpt(written(tmp_path / "a.wav", late, 44_100), longest_s=5)) < 1.1 * 44_100


@pytest.mark.parametrize("data", [b"", b"RIFF", b"words", b"RIFF\x04\x00\x00\x00WAVE"])
def test_what_is_no_audio_is_refused_in_words(tmp_path, data):
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(DecodeError, match=r"a\.wav"):
        excerpt(path, longest_s=5)


def test_a_rate_that_no_sound_has_is_refused(tmp_path):
    with pytest.raises(DecodeError, match="that is no sound"):
        excerpt(written(tmp_path / "a.wav", knock(1, 10), 10), longest_s=5)


def test_a_whole_sound_keeps_its_silence_its_level_and_its_length(tmp_path):
    late = np.concatenate([np.zeros((4_800, 2)), knock(2, 48_000), np.zeros((4_800, 2))])
    sound = whole(written(tmp_path / "a.wav", late, 48_000), longest_s=30, name="a.wav")
    assert len(sound) == round(2.2 * 44_100) and sound.dtype == np.float32
    assert np.abs(sound[:4_300]).max() < 0.001 and abs(np.abs(sound).max() - 0.3) < 0.005


@pytest.mark.parametrize("channels, kept", [(1, 1), (2, 2), (6, 1)])
def test_of_more_than_two_channels_one_is_made(tmp_path, channels, kept):
    path = written(tmp_path / "a.wav", knock(0.2, 44_100, channels), 44_100)
    assert whole(path, longest_s=30, name="a.wav").shape == (8_820, kept)


def test_a_sound_may_last_as_long_as_is_said_and_no_longer(tmp_path):
    path = written(tmp_path / "a.wav", knock(2, 8_000), 8_000)
    assert len(whole(path, longest_s=2, name="b.wav")) == 88_200
    with pytest.raises(DecodeError, match=r"^b\.wav lasts more than 1\.9 seconds; shorten it\.$"):
        whole(path, longest_s=1.9, name="b.wav")


@pytest.mark.parametrize(
    "suffix, rate_hz, channels, subtype, is_one",
    [
        ("wav", 44_100, 2, "PCM_16", True),
        ("wav", 44_100, 1, "PCM_16", True),
        ("wav", 48_000, 2, "PCM_16", False),
        ("wav", 44_100, 6, "PCM_16", False),
        ("wav", 44_100, 2, "PCM_24", False),
        ("flac", 44_100, 2, "PCM_16", False),
    ],
)
def test_only_what_masters_are_is_one(tmp_path, suffix, rate_hz, channels, subtype, is_one):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, knock(0.1, rate_hz, channels), rate_hz, subtype=subtype)
    assert is_master(path) is is_one
