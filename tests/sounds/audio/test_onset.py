from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.audio.onset import onset_s, silence_s, trim_to_onset

from .signals import RATE_HZ, chime, sine, stereo


def late(wait_s: float) -> np.ndarray:
    return np.concatenate([np.zeros((round(wait_s * RATE_HZ), 2), np.float32), stereo(sine(440, 0.5))])


@given(wait_s=st.floats(0.0, 1.0))
def test_the_onset_is_the_frame_in_which_the_sound_begins(wait_s):
    assert wait_s - 0.0051 <= onset_s(late(wait_s)) <= wait_s + 0.0051


def test_what_is_more_than_40_db_below_the_peak_is_not_the_onset():
    sound = late(0.2)
    sound[: round(0.2 * RATE_HZ)] = 0.009
    assert onset_s(sound) == pytest.approx(0.2, abs=0.0051)
    sound[: round(0.2 * RATE_HZ)] = 0.011
    assert onset_s(sound) == 0.0


def test_the_rate_sets_the_seconds():
    assert onset_s(late(0.2), rate_hz=2 * RATE_HZ) == pytest.approx(0.1, abs=0.003)


def test_silence_never_begins():
    assert onset_s(np.zeros((RATE_HZ, 2))) == 1.0
    assert silence_s(np.zeros((RATE_HZ, 2))) == (1.0, 1.0)
    assert onset_s(np.zeros((0, 2))) == 0.0
    assert silence_s(np.zeros((0, 2))) == (0.0, 0.0)


def test_silence_is_counted_at_both_ends_against_an_absolute_level():
    sound = np.zeros((RATE_HZ, 2), np.float32)
    sound[4410:22_050, 1] = 0.1
    assert silence_s(sound) == (0.1, 0.5)
    assert silence_s(sound, threshold_db=-19.0) == (1.0, 1.0)
    assert silence_s(sound * 0.1) == (1.0, 1.0)


@given(wait_s=st.floats(0.0, 0.5))
def test_trimming_leaves_the_lead_in_and_no_more(wait_s):
    trimmed = trim_to_onset(late(wait_s))
    assert silence_s(trimmed)[0] <= 0.0155
    assert len(trimmed) >= 0.5 * RATE_HZ


def test_trimming_never_cuts_within_ten_milliseconds_of_the_onset():
    sound = late(0.3)
    cut = (len(sound) - len(trim_to_onset(sound, 0.0))) / RATE_HZ
    assert cut <= onset_s(sound) - 0.0099


def test_a_soft_foot_down_to_50_db_below_the_peak_is_kept():
    sound = late(0.3)
    sound[round(0.2 * RATE_HZ) : round(0.3 * RATE_HZ)] = 0.004
    assert onset_s(trim_to_onset(sound)) == pytest.approx(0.105, abs=0.006)


def test_a_sound_that_begins_at_once_stays_whole():
    assert len(trim_to_onset(chime())) == len(chime())


def test_silence_cannot_be_trimmed():
    assert trim_to_onset(np.zeros((100, 2))).shape == (100, 2)
    assert trim_to_onset(np.zeros((0, 2))).shape == (0, 2)
