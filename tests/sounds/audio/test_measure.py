from __future__ import annotations

import json
import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings

from sounds.audio.loudness import loudness
from sounds.audio.measure import Measures, measure
from sounds.audio.true_peak import true_peak_db

from .signals import RATE_HZ, chime, noise, raw_sounds, sine, stereo


@given(sound=raw_sounds())
@settings(max_examples=25, deadline=None)
def test_every_measure_is_a_finite_number_ready_for_json(sound):
    measures = measure(sound).as_dict()
    assert list(measures) == [field.name for field in fields(Measures)]
    assert all(type(value) is float and math.isfinite(value) for value in measures.values())
    assert json.loads(json.dumps(measures)) == measures


@pytest.mark.parametrize("sound", [np.zeros((1000, 2)), np.zeros((1, 1)), np.full((3, 2), 1e-30)])
def test_silence_has_finite_measures_too(sound):
    measures = measure(sound)
    assert measures.loudness_lufs == -120.0
    assert all(math.isfinite(value) for value in measures.as_dict().values())


def test_it_says_what_the_single_meters_say():
    sound = chime(wait_s=0.2)
    measures = measure(sound)
    assert measures.duration_s == pytest.approx(1.2)
    assert measures.loudness_lufs == loudness(sound)
    assert measures.true_peak_dbtp == true_peak_db(sound)
    assert measures.onset_s == pytest.approx(0.2, abs=0.006)
    assert measures.leading_silence_s == pytest.approx(0.2, abs=0.006)
    assert measures.sample_peak_db == pytest.approx(20 * np.log10(np.abs(sound).max()))


def test_white_noise_is_as_flat_as_theory_says_and_tones_are_not():
    assert measure(noise()).flatness == pytest.approx(math.exp(-0.5772), abs=0.02)
    assert measure(chime()).flatness < 0.001


def test_power_above_14_khz_is_found():
    assert measure(noise()).high_frequency_ratio == pytest.approx(8.05 / 22.05, abs=0.02)
    assert measure(stereo(sine(16_000, 1.0))).high_frequency_ratio > 0.99
    assert measure(chime()).high_frequency_ratio < 0.001


def test_the_channel_with_most_power_gives_the_colour():
    left = noise()[:, 0]
    assert measure(stereo(0.01 * left, sine(440, 1.0))).flatness < 0.01


def test_clipping_offset_and_edges_are_found():
    sound = np.clip(stereo(sine(440, 1.0, level=2.0)), -1.0, 1.0)
    assert measure(sound).clipped_fraction == pytest.approx(0.67, abs=0.02)
    assert measure(chime()).clipped_fraction == 0.0
    assert measure(chime() + np.array([0.0, -0.1], np.float32)).dc_offset == pytest.approx(0.1, abs=0.01)
    sound = chime()
    sound[-1, 1] = -0.4
    assert measure(sound).edge_step == pytest.approx(0.4)


def test_the_rate_is_heeded():
    measures = measure(chime(), 2 * RATE_HZ)
    assert measures.duration_s == 0.5


@pytest.mark.parametrize("sound", [np.zeros((0, 2)), np.array([[np.nan]])])
def test_what_is_no_sound_is_refused(sound):
    with pytest.raises(ValueError, match="finite numbers"):
        measure(sound)
