"""Another sample rate, the same sound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly

from sounds.audio.resample import resample

RATES_HZ = [8_000, 11_025, 22_050, 32_000, 44_099, 48_000, 96_000, 192_000]


def swell(rate_hz: int, hz: float, seconds: float = 1.0) -> np.ndarray:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.sin(2 * np.pi * hz * t) * np.sin(np.pi * t / seconds) ** 2


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_tone_stays_the_tone_it_was(rate_hz):
    hz = min(1_000, rate_hz / 4)
    result = resample(swell(rate_hz, hz), rate_hz)
    assert result.shape == (44_100, 1) and result.dtype == np.float32
    assert np.abs(result[:, 0] - swell(44_100, hz)).max() < 1e-5  # −100 dB


@pytest.mark.parametrize("rate_hz", [48_000, 96_000])
def test_what_the_lower_rate_cannot_hold_is_gone(rate_hz):
    assert np.abs(resample(swell(rate_hz, 23_500), rate_hz)).max() < 1e-5


def test_a_click_stays_in_its_place_and_does_not_wrap_around():
    click = np.zeros((48_000, 2))
    click[[10, 4_800]] = 0.5
    result = resample(click, 48_000)
    assert int(np.argmax(result[1_000:, 1])) + 1_000 == 4_410
    assert np.abs(result[-2_000:]).max() < 1e-4


def test_it_is_what_scipy_makes_of_what_both_let_pass():
    noise = np.random.default_rng(1).normal(size=(48_000, 2)) * 0.1
    noise = resample_poly(resample_poly(noise, 1, 2), 2, 1)  # below 12 kHz, where both are flat
    ours, theirs = resample(noise, 48_000), resample_poly(noise, 147, 160)
    assert np.abs(ours - theirs)[100:-100].max() < 1e-3


@given(
    frames=st.integers(0, 300),
    channels=st.integers(1, 3),
    from_hz=st.integers(1_000, 60_000),
    to_hz=st.sampled_from([8_000, 44_100, 48_000]),
)
def test_the_length_is_that_of_the_time(frames, channels, from_hz, to_hz):
    result = resample(np.ones((frames, channels)), from_hz, to_hz)
    assert result.shape == (-(-frames * to_hz // from_hz), channels) and np.isfinite(result).all()


def test_the_same_rate_changes_nothing():
    sound = swell(44_100, 440)[:, None].astype(np.float32)
    assert resample(sound, 44_100) is sound
