from __future__ import annotations

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from sounds.audio import decode as module
from sounds.audio.decode import DecodeError, decode, read
from sounds.audio.encode import FORMATS, encode

from .signals import RATE_HZ, chime


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_what_was_written_can_be_read(tmp_path, suffix):
    encode(chime(), tmp_path / f"a.{suffix}", seed=1)
    sound, rate_hz = read(str(tmp_path / f"a.{suffix}"))
    assert (sound.shape, sound.dtype, rate_hz) == ((RATE_HZ, 2), np.float32, RATE_HZ)
    assert np.abs(sound - chime()).max() < 0.05


def test_mono_keeps_two_dimensions(tmp_path):
    encode(chime()[:, :1], tmp_path / "a.wav", seed=1)
    assert read(tmp_path / "a.wav")[0].shape == (RATE_HZ, 1)


def test_the_name_of_the_file_does_not_decide_its_format(tmp_path):
    encode(chime(), tmp_path / "a.flac", seed=1)
    (tmp_path / "a.flac").rename(tmp_path / "a.wav")
    assert read(tmp_path / "a.wav")[1] == RATE_HZ


@pytest.mark.parametrize("data", [b"", b"RIFF", b"hello, I am not a sound at all", b"OggS" + bytes(60)])
def test_what_is_not_audio_is_refused_in_a_sentence(tmp_path, data):
    (tmp_path / "ding.wav").write_bytes(data)
    with pytest.raises(DecodeError, match=r"^ding\.wav (is empty|cannot be decoded: .+)\.$"):
        read(tmp_path / "ding.wav")


@pytest.mark.parametrize("name", ["missing.wav", "."])
def test_what_cannot_be_opened_is_refused_in_a_sentence(tmp_path, name):
    with pytest.raises(DecodeError, match="cannot be opened: "):
        read(tmp_path / name)


def test_values_that_are_not_numbers_are_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.array([0.0, np.nan], np.float32), RATE_HZ, subtype="FLOAT")
    with pytest.raises(DecodeError, match="not finite"):
        read(tmp_path / "a.wav")


def test_a_small_file_that_claims_to_be_endless_is_not_unpacked(tmp_path, monkeypatch):
    encode(chime(duration_s=2.0), tmp_path / "a.flac", seed=1)
    monkeypatch.setattr(module, "LONGEST_S", 1.5)
    with pytest.raises(DecodeError, match="longer than"):
        read(tmp_path / "a.flac")


@given(
    data=st.binary(max_size=300),
    head=st.sampled_from([b"", b"RIFF", b"OggS", b"fLaC", b"ID3\x04", b"\xff\xfb"]),
)
@settings(max_examples=60, deadline=None)
def test_no_bytes_raise_anything_else(data, head):
    try:
        sound, rate_hz = decode(head + data)
    except DecodeError as error:
        assert str(error).endswith(".")
    else:
        assert sound.ndim == 2
        assert rate_hz > 0
