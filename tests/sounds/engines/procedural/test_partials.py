"""Sums of decaying partials."""

import numpy as np

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import LN_60_DB
from sounds.engines.procedural.layer import Strike
from sounds.engines.procedural.partials import Modal, Pad, ring
from sounds.engines.procedural.pluck import Pluck
from tests.sounds.engines.procedural.hearing import strongest_hz


def strike(**changes) -> Strike:
    usual = {"frequency_hz": 440.0, "note_hz": 440.0, "frames": 30_000, "held": 30_000, "loose": 0.0}
    return Strike(**(usual | {"random": np.random.default_rng(1)} | changes))


def test_the_product_equals_the_sum_of_its_sines():
    frequencies_hz, levels = np.array([220.0, 441.7, 1_003.1]), np.array([1.0, 0.5, 0.25])
    t60_s, phases, frames = np.array([1.0, 0.5, 0.2]), np.array([0.0, 0.25, 0.4]), 10_001
    seconds = np.arange(frames) / SAMPLE_RATE_HZ
    expected = sum(
        level * np.exp(-LN_60_DB * seconds / t60) * np.sin(2 * np.pi * (hz * seconds + phase))
        for hz, level, t60, phase in zip(frequencies_hz, levels, t60_s, phases, strict=True)
    )
    assert np.allclose(ring(frequencies_hz, levels, t60_s, phases, frames), expected, atol=2e-4)


def test_a_body_has_the_partials_of_its_table():
    tone = Modal(ratios=(1.0, 3.93), levels=(0.5, 1.0), damping=0.0).sound(strike())
    assert abs(strongest_hz(tone[:, None]) - 3.93 * 440) < 3


def test_partials_above_the_audible_are_left_out():
    tone = Modal(ratios=(1.0, 60.0), levels=(0.01, 1.0)).sound(strike())
    assert abs(strongest_hz(tone[:, None]) - 440) < 3


def test_a_glide_ends_where_it_says():
    for layer in (Modal(), Pluck(), Pad(voices=1, detune=0.0)):
        tone = layer.sound(strike(glide=12.0))
        tone = tone if tone.ndim == 2 else tone[None]
        assert abs(strongest_hz(tone.T[-6_000:]) / 880 - 1) < 0.02


def test_a_string_is_in_tune():
    for hz in (146.83, 440.0, 1318.51):
        tone = Pluck(harmonics=1).sound(strike(frequency_hz=hz, note_hz=hz, frames=44_100, held=44_100))
        assert abs(strongest_hz(tone[:, None]) / hz - 1) < 0.003


def test_the_high_harmonics_of_a_string_die_first():
    tone = Pluck().sound(strike(frames=44_100, held=44_100))[:, None]
    power = [
        np.abs(np.fft.rfft(part[:, 0] * np.hanning(len(part)))) for part in (tone[:8_820], tone[-8_820:])
    ]
    brightness = [spectrum[600:].sum() / spectrum.sum() for spectrum in power]
    assert brightness[1] < brightness[0]


def test_a_pad_differs_between_the_ears():
    left, right = Pad().sound(strike(loose=1.0))
    assert not np.array_equal(left, right)
    assert np.corrcoef(left, right)[0, 1] > 0


def test_what_is_damped_dies_and_what_is_held_rings():
    held, damped = (Modal().sound(strike(held=frames)) for frames in (30_000, 3_000))
    assert np.abs(held[-3_000:]).max() > 0.01
    assert len(damped) < len(held)
