from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from sounds.audio.clean import remove_offset

from .signals import RATE_HZ, chime, noise, sine, stereo


def test_a_constant_offset_goes_without_a_thump():
    sound = chime(wait_s=0.1)
    clean = remove_offset(sound + np.float32(0.2))
    assert np.abs(clean.mean(axis=0)).max() < 1e-4
    assert np.abs(clean[: round(0.1 * RATE_HZ)]).max() < 1e-5
    assert np.allclose(clean, remove_offset(sound), atol=1e-5)


def test_each_channel_loses_its_own_offset():
    clean = remove_offset(chime(wait_s=0.05) + np.array([0.3, -0.1], np.float32))
    assert np.abs(clean[0]).max() < 1e-5


def test_a_sound_that_starts_at_once_is_centred_by_its_mean():
    clean = remove_offset(stereo(sine(440, 1.0)) + np.float32(0.5))
    assert np.abs(clean[:200].mean()) < 0.1


def test_silence_before_a_lopsided_wave_stays_silent():
    wave = np.concatenate([np.zeros(4410), np.abs(sine(300, 0.2))])
    assert np.abs(remove_offset(wave)[:4400]).max() < 1e-6


def test_it_is_a_second_order_butterworth_high_pass():
    sound = noise()
    sound[:300] = 0.0
    expected = sosfilt(butter(2, 20.0, "highpass", fs=RATE_HZ, output="sos"), sound.astype(float), axis=0)
    assert np.abs(remove_offset(sound) - expected).max() < 1e-6


def test_what_is_heard_stays():
    sound = chime()
    change = np.sum((remove_offset(sound) - sound) ** 2) / np.sum(sound**2)
    assert change < 0.01
    assert remove_offset(sound).shape == sound.shape


@pytest.mark.parametrize("frames", [0, 1, 5])
def test_the_shortest_sounds_pass(frames):
    assert remove_offset(np.ones((frames, 2))).shape == (frames, 2)
