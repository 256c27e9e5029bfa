from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly

from sounds.audio.true_peak import peak_levels, true_peak_db

from .signals import RATE_HZ, noise, stereo


def quarter_rate_sine(*, faded: bool = True) -> np.ndarray:
    """Sampled 45° beside its crests, so that every sample is 3 dB below them."""
    wave = np.sin(np.pi / 2 * np.arange(2000) + np.pi / 4)
    return stereo(wave * np.hanning(2000) if faded else wave)


def test_it_finds_the_crest_between_the_samples():
    sound = quarter_rate_sine()
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-3.01, abs=0.01)
    assert true_peak_db(sound) == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("frequency_hz", [50, 440, 997, 5000, 11_025, 15_000, 18_000])
def test_it_agrees_with_sixteenfold_oversampling(frequency_hz):
    time = np.arange(8000) / RATE_HZ
    wave = np.sin(2 * np.pi * frequency_hz * time + 0.3) * np.hanning(8000)
    exact = 20 * np.log10(np.abs(resample_poly(wave, 16, 1, window=("kaiser", 12.0))).max())
    assert true_peak_db(wave) == pytest.approx(exact, abs=0.1)


def test_it_is_never_below_the_sample_peak():
    sound = noise()
    assert true_peak_db(sound) >= 20 * np.log10(np.abs(sound).max())


def test_a_single_sample_keeps_its_height():
    assert true_peak_db(np.array([0.5])) == pytest.approx(-6.02, abs=0.01)


def test_the_loudest_channel_counts():
    left = quarter_rate_sine()[:, 0]
    assert true_peak_db(stereo(0.1 * left, left)) == true_peak_db(left)


def test_levels_have_one_height_a_frame_and_show_where_the_peak_is():
    sound = np.zeros((5000, 2), np.float32)
    sound[3210, 1] = -0.7
    levels = peak_levels(sound)
    assert levels.shape == (5000,)
    assert np.argmax(levels) == 3210
    assert levels[3210] == pytest.approx(0.7)


def test_levels_see_what_rings_before_the_first_frame():
    """A square edge at the very start overshoots before it."""
    assert peak_levels(quarter_rate_sine(faded=False))[0] > 0.7


@pytest.mark.parametrize("frames", [0, 1, 15, 16, 17, 2047, 2048, 2049, 32_768, 40_000])
def test_any_length_can_be_measured(frames):
    sound = np.ones((frames, 2), np.float32) * 0.5
    assert peak_levels(sound).shape == (frames,)
    assert true_peak_db(sound) == (-120.0 if not frames else pytest.approx(-6.0, abs=1.2))


def test_silence_reads_the_floor():
    assert true_peak_db(np.zeros((100, 2))) == -120.0


@given(frames=st.integers(1, 5000), at=st.integers(0, 5000))
def test_a_shift_changes_nothing(frames, at):
    sound = noise(0.2)[:frames]
    later = np.concatenate([np.zeros((at, 2), np.float32), sound])
    assert true_peak_db(later) == pytest.approx(true_peak_db(sound), abs=1e-3)
