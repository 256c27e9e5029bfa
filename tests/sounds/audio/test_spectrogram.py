from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sounds.audio.spectrogram import write_spectrogram

from .signals import RATE_HZ, chime, noise, sine, stereo


def picture(sound, tmp_path, **options) -> np.ndarray:
    """The brightness of every pixel, shape (height, width)."""
    write_spectrogram(sound, tmp_path / "a.png", **options)
    with Image.open(tmp_path / "a.png") as image:
        return np.asarray(image.convert("L"), dtype=float)


def test_it_is_a_png_of_the_size_asked_for(tmp_path):
    assert picture(chime(), tmp_path).shape == (256, 640)
    assert picture(chime(), tmp_path, width=100, height=50).shape == (50, 100)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_higher_tone_is_drawn_higher_and_octaves_are_evenly_spaced(tmp_path):
    rows = [
        int(np.argmax(picture(stereo(sine(frequency_hz, 1.0)), tmp_path).mean(axis=1)))
        for frequency_hz in (400, 800, 1600, 3200)
    ]
    assert np.diff(rows) == pytest.approx(np.full(3, -32.8), abs=2.0)


def test_time_runs_to_the_right(tmp_path):
    bright = picture(chime(wait_s=1.0), tmp_path).mean(axis=0)
    assert bright[:300].max() < 5 < bright[330]
    assert 300 <= int(np.argmax(bright)) <= 360


def test_both_channels_are_seen(tmp_path):
    left, right = sine(300, 1.0), sine(3000, 1.0)
    both = picture(stereo(left, right), tmp_path).mean(axis=1)
    assert min(both[int(np.argmax(picture(tone, tmp_path).mean(axis=1)))] for tone in (left, right)) > 150


def test_the_level_of_a_sound_does_not_change_its_picture(tmp_path):
    quiet, loud = (picture(chime() * np.float32(gain), tmp_path) for gain in (0.001, 1.0))
    assert np.abs(quiet - loud).max() < 3.0


@pytest.mark.parametrize("sound", [np.zeros((1000, 2)), np.zeros((0, 2)), np.zeros(0)])
def test_silence_is_black(tmp_path, sound):
    assert picture(sound, tmp_path).max() < 5


@pytest.mark.parametrize("frames", [1, 100, 5000])
@pytest.mark.parametrize("rate_hz", [22_050, RATE_HZ, 96_000])
def test_any_length_and_rate_can_be_drawn(tmp_path, frames, rate_hz):
    assert picture(noise()[:frames], tmp_path, rate_hz=rate_hz).max() > 100


def test_the_same_sound_gives_the_same_bytes(tmp_path):
    for name in ("a.png", "b.png"):
        write_spectrogram(chime(), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
