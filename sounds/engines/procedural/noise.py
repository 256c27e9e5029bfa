"""Noises: air, brushes, clicks, ratchets, and the shift register of old sound chips."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import Array, attack, decay
from sounds.engines.procedural.layer import Layer, Strike, enveloped

_TABLE = 1 << 16


@cache
def _white() -> np.ndarray:
    """The spectrum of a loop of white noise; every take reads its bands from another place."""
    return np.fft.rfft(np.random.default_rng(440).standard_normal(_TABLE))


@lru_cache(maxsize=96)
def band(step_low: int, step_high: int) -> Array:
    """A loop of noise between two frequencies of `_step`, shape (65536,); peak about 1."""
    frequencies_hz = np.fft.rfftfreq(_TABLE, 1.0 / SAMPLE_RATE_HZ)
    low_hz, high_hz = _hz(step_low), _hz(step_high)
    # Second-order slopes either side: a natural band, not a rectangle that rings.
    shape = 1.0 / np.sqrt(1.0 + (low_hz / np.maximum(frequencies_hz, 1.0)) ** 4)
    shape /= np.sqrt(1.0 + (frequencies_hz / high_hz) ** 4)
    loop = np.fft.irfft(_white() * shape)
    return (loop / (3.0 * loop.std())).astype(np.float32)


def _step(frequency_hz: float) -> int:
    """Frequencies in sixths of an octave, so that neighbouring pitches share a table."""
    return round(6.0 * np.log2(min(max(frequency_hz, 20.0), 20_000.0)))


def _hz(step: int) -> float:
    return float(2.0 ** (step / 6.0))


def read_band(low_hz: float, high_hz: float, frames: int, random: np.random.Generator) -> Array:
    """Noise between two frequencies from a random place, shape (frames,); peak about 1."""
    start = int(random.integers(_TABLE))
    return np.take(band(_step(low_hz), _step(high_hz)), np.arange(start, start + frames), mode="wrap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise(Layer):
    """A breath, a brush, a click: noise in a band that may move.

    Attributes
    ----------
    low_hz, high_hz
        The band at the start.
    to_low_hz, to_high_hz, sweep_s
        The band it moves to and how long that takes; 0 is a band that stays.
    follow
        Whether the band moves with the pitch, being meant for 440 Hz.
    """

    ring: bool = False
    low_hz: float = 1_000.0
    high_hz: float = 6_000.0
    to_low_hz: float = 0.0
    to_high_hz: float = 0.0
    sweep_s: float = 0.15
    follow: bool = False

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        unit = 2.0 ** (0.8 * strike.brightness) * (strike.frequency_hz / 440.0 if self.follow else 1.0)
        tone = read_band(self.low_hz * unit, self.high_hz * unit, frames, strike.random)
        if self.to_high_hz:
            there = read_band(self.to_low_hz * unit, self.to_high_hz * unit, frames, strike.random)
            left = decay(frames, self.sweep_s * 2.0)
            tone = np.sqrt(left) * tone + np.sqrt(1.0 - left) * there
        return enveloped(tone, t60_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratchet(Layer):
    """A train of clicks that runs down.

    Attributes
    ----------
    rate_hz, slow
        Clicks a second at the start, and the share of it lost by the end of the train.
    clicks
        How many.
    low_hz, high_hz
        Band of a click.
    """

    ring: bool = False
    rate_hz: float = 32.0
    slow: float = 0.4
    clicks: int = 6
    low_hz: float = 900.0
    high_hz: float = 5_000.0

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        rates = self.rate_hz * 2.0 ** (0.5 * strike.urgency) * np.linspace(1.0, 1.0 - self.slow, self.clicks)
        at_s = np.concatenate([[0.0], np.cumsum(1.0 / rates)[:-1]])
        at_s += strike.random.uniform(-0.001, 0.001, self.clicks) * (at_s > 0)
        longest = int((at_s[-1] + 1.1 * t60_s) * SAMPLE_RATE_HZ)
        tone = np.zeros(min(strike.frames, longest), dtype=np.float32)
        for place, level in zip(at_s * SAMPLE_RATE_HZ, np.geomspace(1.0, 0.35, self.clicks), strict=True):
            click_frames = min(int(1.1 * t60_s * SAMPLE_RATE_HZ), len(tone) - int(place))
            if click_frames > 8:
                click = read_band(self.low_hz, self.high_hz, click_frames, strike.random)
                click = attack(enveloped(click, t60_s), 0.001)
                tone[int(place) : int(place) + click_frames] += np.float32(level) * click
        return tone


@cache
def shift_register(short: bool) -> Array:
    """One period of the 2A03's 15-bit noise register, ±1: 32767 bits, or 93 in its short mode."""
    register, tap, bits = 1, 6 if short else 1, []
    for _ in range(93 if short else 32767):
        fed_back = (register ^ (register >> tap)) & 1
        register = (register >> 1) | (fed_back << 14)
        bits.append(register & 1)
    return np.array(bits, dtype=np.float32) * 2.0 - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lfsr(Layer):
    """Noise of an old sound chip: a shift register clocked at a rate.

    Attributes
    ----------
    clock_hz
        Bits a second; low ones rumble.
    short
        The 93-bit mode, which buzzes.
    steps
        Levels of the volume register.
    """

    ring: bool = False
    clock_hz: float = 8_000.0
    short: bool = False
    steps: int = 15

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        bits = shift_register(self.short)
        clock_hz = self.clock_hz * 2.0 ** (0.8 * strike.brightness)
        start = int(strike.random.integers(len(bits)))
        index = (start + np.arange(frames) * (clock_hz / SAMPLE_RATE_HZ)).astype(np.intp) % len(bits)
        envelope = decay(frames, t60_s)
        if self.steps:
            envelope = np.ceil(envelope * self.steps - 0.25) / self.steps
        return bits[index] * envelope
