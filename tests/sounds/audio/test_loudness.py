from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import sosfilt

from sounds.audio.loudness import biquads, integrated, k_weighting, loudness, momentary_max

from .signals import RATE_HZ, chime, noise, sine, stereo

SILENT = -120.0


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("meter", [momentary_max, integrated])
def test_a_997_hz_sine_at_full_scale_in_one_channel_reads_minus_3_01(meter, rate_hz):
    left = sine(997, 2.0, rate_hz=rate_hz)
    assert meter(stereo(left, 0 * left), rate_hz) == pytest.approx(-3.01, abs=0.02)


def test_the_same_sine_in_both_channels_reads_zero():
    assert integrated(stereo(sine(997, 2.0))) == pytest.approx(0.0, abs=0.02)


def test_the_filter_is_the_standards_table_at_48_khz():
    shelf, high_pass = biquads(48_000)
    table = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
    assert shelf == pytest.approx(table, abs=1e-8)
    assert high_pass == pytest.approx((1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621), abs=1e-8)


def test_the_weighting_lifts_treble_by_four_decibels_and_takes_away_the_bass():
    low, middle, high = 20 * np.log10(np.abs(k_weighting([20.0, 400.0, 10_000.0])))
    assert (low, middle, high) == pytest.approx((-13.3, 0.0, 4.0), abs=0.1)


def test_filtering_by_spectrum_equals_filtering_sample_by_sample():
    sound = noise(5.3)  # several blocks
    sections = [[*b[:3], 1.0, *b[3:]] for b in biquads(RATE_HZ)]
    power = np.sum(sosfilt(np.array(sections), sound.astype(float), axis=0) ** 2, axis=1)
    windows = np.convolve(power, np.ones(17_640), mode="valid") / 17_640
    assert momentary_max(sound) == pytest.approx(-0.691 + 10 * np.log10(windows.max()), abs=1e-4)


def test_integrated_loudness_ignores_what_the_gates_exclude():
    """EBU Tech 3341, test case 3: 10 s at −36, 60 s at −23, 10 s at −36 dBFS reads −23 LUFS."""
    parts = [sine(1000, seconds, level=10 ** (db / 20)) for seconds, db in ((10, -36), (60, -23), (10, -36))]
    assert integrated(stereo(np.concatenate(parts))) == pytest.approx(-23.0, abs=0.1)


def test_silence_around_a_passage_does_not_count():
    passage = stereo(sine(1000, 4.0, level=0.1))
    padded = np.concatenate([passage, np.zeros((10 * RATE_HZ, 2), np.float32)])
    assert integrated(padded) == pytest.approx(integrated(passage), abs=0.3)


def test_a_short_sound_reads_as_its_energy_in_400_ms():
    tone = stereo(sine(1000, 0.1))
    padded = np.concatenate([tone, np.zeros((RATE_HZ, 2), np.float32)])
    assert momentary_max(tone) == pytest.approx(momentary_max(padded), abs=0.05)
    assert momentary_max(tone) == pytest.approx(momentary_max(stereo(sine(1000, 1.0))) - 6.02, abs=0.2)


def test_a_long_tail_makes_a_chime_no_quieter():
    assert momentary_max(chime(duration_s=1.0)) == pytest.approx(
        momentary_max(chime(duration_s=2.5)), abs=0.01
    )


def test_it_is_the_loudest_moment_below_three_seconds_and_the_whole_from_there():
    below, above = chime(duration_s=2.9), chime(duration_s=3.0)
    assert loudness(below) == momentary_max(below)
    assert loudness(above) == integrated(above) < momentary_max(above)


@pytest.mark.parametrize(
    "sound", [np.zeros((1000, 2)), np.zeros((200_000, 2)), np.zeros((0, 2)), np.zeros(0)]
)
def test_silence_and_nothing_read_the_floor(sound):
    assert momentary_max(sound) == integrated(sound) == loudness(sound) == SILENT


def test_one_dimension_is_one_channel():
    mono = sine(997, 1.0)
    assert momentary_max(mono) == momentary_max(mono[:, None]) == pytest.approx(-3.01, abs=0.02)


@given(gain_db=st.floats(-60.0, 40.0))
def test_a_gain_moves_the_reading_by_itself(gain_db):
    sound = chime()
    louder = sound * np.float32(10 ** (gain_db / 20))
    assert momentary_max(louder) == pytest.approx(momentary_max(sound) + gain_db, abs=0.001)
