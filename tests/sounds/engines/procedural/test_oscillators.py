"""Oscillators and noises."""

import numpy as np
import pytest

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.noise import Noise, Ratchet, read_band, shift_register
from sounds.engines.procedural.oscillators import Chip, Fm, Sweep, phase, sine, wavetable
from tests.sounds.engines.procedural.hearing import band_share, spectrum, strongest_hz
from tests.sounds.engines.procedural.test_partials import strike


def test_a_sine_is_a_sine_however_long_it_lasts():
    cycles = phase(1_000.0, 400_000)
    assert np.allclose(sine(cycles), np.sin(2 * np.pi * cycles), atol=1e-5)


@pytest.mark.parametrize("wave", ["pulse", "triangle", "saw", "sine"])
def test_a_table_has_no_harmonic_above_its_limit(wave):
    harmonics = np.abs(np.fft.rfft(wavetable(wave, 0.25, 10)[:-1]))
    assert harmonics[11:].max() < 1e-3 * harmonics.max()


def test_a_square_wave_has_only_odd_harmonics():
    harmonics = np.abs(np.fft.rfft(wavetable("pulse", 0.5, 16)[:-1]))
    assert harmonics[2:17:2].max() < 1e-3 * harmonics[1]
    assert harmonics[3] > 0.2 * harmonics[1]


@pytest.mark.parametrize("hz", [523.25, 1_975.5, 3_951.0])
def test_a_chip_does_not_alias(hz):
    tone = Chip(duty=0.25, steps=0).sound(strike(frequency_hz=hz, note_hz=hz))[:, None]
    frequencies_hz, power = spectrum(tone)
    harmonic = np.abs(frequencies_hz / hz - np.round(frequencies_hz / hz)) < 0.04
    assert power[~harmonic & (frequencies_hz > 1.5 * hz)].max() < 1e-5 * power.max()


def test_fm_stays_below_its_limit_however_deep():
    hz = 3_000.0
    tone = Fm(ratio=3.5, index=9.0, attack_s=0.01).sound(strike(frequency_hz=hz, note_hz=hz))[:, None]
    assert band_share(tone, 17_000, 22_050) < 0.01


def test_the_index_of_fm_decays():
    tone = Fm(ratio=2.0, index=3.0, index_decay_s=0.2).sound(strike())[:, None]
    early, late = (band_share(part, 800, 10_000) for part in (tone[:4_410], tone[-8_820:]))
    assert late < 0.2 * early


def test_a_volume_register_moves_in_steps():
    smooth, stepped = (Chip(wave="sine", steps=steps).sound(strike()) for steps in (0, 15))
    assert not np.allclose(smooth, stepped, atol=0.01)


def test_an_arpeggio_runs_through_the_chord_and_ends_on_its_note():
    tone = Chip(arpeggio_hz=30.0).sound(strike(chord=(-12.0, -8.0, -5.0)))[:, None]
    assert abs(strongest_hz(tone[:1_400]) / 220 - 1) < 0.1
    assert abs(strongest_hz(tone[-8_820:]) / 440 - 1) < 0.01


def test_a_sweep_ends_where_it_says():
    tone = Sweep(start=0.5, end=2.0, sweep_s=0.03).sound(strike())[:, None]
    assert abs(strongest_hz(tone[-8_820:]) / 880 - 1) < 0.01


def test_a_thump_ignores_the_pitch_of_its_note():
    thump = Sweep(fixed=True, start=260.0, end=110.0, ring=False, decay_s=0.3)
    low, high = (thump.sound(strike(frequency_hz=hz, note_hz=440.0)) for hz in (220.0, 880.0))
    assert np.allclose(low, high)


def test_noise_stays_in_its_band():
    noise = read_band(1_000.0, 2_000.0, SAMPLE_RATE_HZ, np.random.default_rng(1))[:, None]
    assert band_share(noise, 500, 4_000) > 0.9
    assert np.abs(noise).max() < 2.0


def test_a_band_that_moves_ends_elsewhere():
    layer = Noise(low_hz=4_000.0, high_hz=8_000.0, to_low_hz=300.0, to_high_hz=600.0, decay_s=0.6)
    tone = layer.sound(strike())[:, None]
    early, late = (band_share(part, 3_000, 9_000) for part in (tone[:1_000], tone[-8_000:]))
    assert early > 0.5
    assert late < 0.05


def test_a_ratchet_clicks_as_often_as_it_says():
    tone = np.abs(Ratchet(clicks=5, rate_hz=25.0, slow=0.0, decay_s=0.01).sound(strike(urgency=0.0)))
    loud = tone.reshape(-1)[: len(tone) // 441 * 441].reshape(-1, 441).max(axis=1) > 0.05
    assert np.count_nonzero(np.diff(loud.astype(int)) == 1) + loud[0] == 5


def test_the_shift_register_is_that_of_the_2a03():
    assert len(shift_register(False)) == 32_767
    assert shift_register(False).sum() == pytest.approx(1.0, abs=1.0)  # 16,384 ones, 16,383 zeros
    assert len(shift_register(True)) == 93
