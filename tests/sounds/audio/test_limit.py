from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sounds.audio.limit import limit
from sounds.audio.true_peak import true_peak_db

from .signals import RATE_HZ, chime, noise, raw_sounds, sine, stereo


def test_what_does_not_exceed_comes_back_untouched():
    sound = chime()
    limited, reduction_db = limit(sound, ceiling_db=-1.5)
    assert limited is sound
    assert reduction_db == 0.0


@given(sound=raw_sounds(), ceiling_db=st.floats(-12.0, 0.0))
@settings(max_examples=40, deadline=None)
def test_nothing_passes_the_ceiling(sound, ceiling_db):
    limited, reduction_db = limit(sound, ceiling_db=ceiling_db)
    assert true_peak_db(limited) <= ceiling_db + 0.001
    assert limited.shape == sound.shape
    assert limited.dtype == np.float32
    assert reduction_db >= true_peak_db(sound) - ceiling_db - 0.001


def test_only_the_neighbourhood_of_a_peak_is_turned_down():
    sound = stereo(sine(440, 2.0, level=0.3))
    sound[RATE_HZ // 2 : RATE_HZ // 2 + 20] *= 4.0
    limited, _ = limit(sound, ceiling_db=-3.0)
    assert np.allclose(limited[: RATE_HZ // 2 - 200], sound[: RATE_HZ // 2 - 200], atol=0.003)
    assert np.allclose(limited[RATE_HZ:], sound[RATE_HZ:], atol=0.003)


def test_the_gain_moves_without_a_step():
    sound = stereo(np.full(RATE_HZ, 0.5, np.float32))
    sound[20_000:20_010] = 1.0
    limited, _ = limit(sound, ceiling_db=-6.0)
    gain = limited[:, 0] / sound[:, 0]
    assert np.abs(np.diff(gain)).max() < 0.02


def test_the_channels_share_one_gain():
    left = noise(0.5, level=0.5)[:, 0]
    limited, _ = limit(stereo(left, 0.5 * left), ceiling_db=-6.0)
    assert np.allclose(limited[:, 1], 0.5 * limited[:, 0], atol=1e-6)


def test_silence_and_nothing_pass():
    assert limit(np.zeros((100, 2)), ceiling_db=-1.0)[1] == 0.0
    assert limit(np.zeros((0, 2)), ceiling_db=-1.0)[0].shape == (0, 2)


def test_a_quicker_release_gives_back_more():
    sound = noise(1.0, level=0.1)
    sound[10_000] = 3.0
    slow, _ = limit(sound, ceiling_db=-1.5)
    quick, _ = limit(sound, ceiling_db=-1.5, look_ahead_s=0.0003, release_db_per_s=5000.0)
    assert np.sum(quick**2) > np.sum(slow**2)


@pytest.mark.parametrize("frames", [1, 2, 50])
def test_the_shortest_sounds_can_be_limited(frames):
    limited, _ = limit(np.ones((frames, 2)), ceiling_db=-6.0)
    assert true_peak_db(limited) <= -5.999
