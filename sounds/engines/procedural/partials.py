"""Modal synthesis: bars, plates, glasses and pads as sums of decaying partials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import LN_60_DB, Array
from sounds.engines.procedural.layer import Layer, Strike
from sounds.engines.procedural.oscillators import TOP_HZ, phase

Values = npt.NDArray[np.float64]

INAUDIBLE = 1e-7
"""−140 dB."""

_BLOCK = 256


def ring(frequencies_hz: Values, levels: Values, t60_s: Values, phases: Values, frames: int) -> Array:
    """A sum of exponentially decaying sines.

    Each partial is the real part of z^n with z = exp(−d + iω). With n = 256·row + column it is a product
    of a coarse and a fine power, so all partials together are one matrix product of real numbers: some
    fifty times faster than a sine and an exponential for each.

    Parameters
    ----------
    frequencies_hz, levels, t60_s, phases
        One value a partial: shape (partials,). Phases in cycles.
    frames
        How much of it.

    Returns
    -------
    np.ndarray
        float32, shape (frames,).
    """
    step = -LN_60_DB / (t60_s * SAMPLE_RATE_HZ) + 2j * np.pi * frequencies_hz / SAMPLE_RATE_HZ
    rows = -(-frames // _BLOCK)
    coarse = levels * np.exp(np.outer(np.arange(rows) * _BLOCK, step) - 2j * np.pi * (0.25 - phases))
    fine = np.exp(np.outer(step, np.arange(_BLOCK)))
    coarse[np.abs(coarse) < INAUDIBLE] = 0.0  # numbers too small for float32 make a product crawl
    left = np.concatenate([coarse.real, -coarse.imag], axis=1).astype(np.float32)
    right = np.concatenate([fine.real, fine.imag], axis=0).astype(np.float32)
    # einsum and not @: BLAS would start threads, which cost more than they bring when the machine is busy.
    return np.einsum("rk,kc->rc", left, right).reshape(-1)[:frames]


def struck(
    strike: Strike, frequencies_hz: Values, levels: Values, t60_s: Values, phases: Values, frames: int
) -> Array:
    """`ring`, and where the strike glides, read faster or slower as a tape would be."""
    if not strike.glide:
        return ring(frequencies_hz, levels, t60_s, phases, frames)
    way = phase(1.0, frames, glide=strike.glide, glide_s=strike.glide_s) * SAMPLE_RATE_HZ
    tape = ring(frequencies_hz, levels, t60_s, phases, int(way[-1]) + 2)
    return np.interp(way, np.arange(len(tape)), tape).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal(Layer):
    """A struck body: a few partials, the higher ones dying first.

    Attributes
    ----------
    ratios, levels
        Of the partials, to the note's pitch and to the layer's level; missing levels are 1/k.
    damping
        How much faster a partial decays than the lowest: t60 ∝ ratio^−damping.
    beating
        Cents by which each partial is doubled, for a slow shimmer; 0 is not.
    strike
        0 … 1: how different one stroke is from another (each partial up to 6 dB).
    """

    ratios: tuple[float, ...] = (1.0,)
    levels: tuple[float, ...] = ()
    damping: float = 0.8
    beating: float = 0.0
    strike: float = 0.5

    def check(self) -> None:
        Layer.check(self)
        if not self.ratios or min(self.ratios) <= 0:
            raise ValueError("ratios must be a list of numbers above 0")

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        ratios = np.array(self.ratios)
        levels = np.ones(len(ratios)) / np.arange(1, len(ratios) + 1)
        levels[: len(self.levels)] = self.levels[: len(ratios)]
        levels *= np.maximum(ratios, 1.0) ** (1.1 * strike.brightness)
        jitter = self.strike * strike.loose
        levels[1:] *= 10.0 ** (jitter * strike.random.uniform(-0.25, 0.25, len(ratios) - 1))
        levels[ratios * strike.frequency_hz > TOP_HZ] = 0.0
        t60 = t60_s * np.maximum(ratios, 1.0) ** -self.damping
        t60[1:] *= 2.0 ** (jitter * strike.random.uniform(-0.5, 0.5, len(ratios) - 1))
        phases = np.zeros(len(ratios))
        if self.beating:
            cents = np.array([-0.5, 0.5]) * self.beating
            ratios = np.multiply.outer(2.0 ** (cents / 1200.0), ratios).reshape(-1)
            levels = np.concatenate([0.7 * levels, 0.3 * levels])  # unequal: a beat never goes silent
            t60 = np.tile(t60, 2)
            phases = np.concatenate([phases, phases + 0.1])
        return struck(strike, ratios * strike.frequency_hz, levels, t60, phases, frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad(Layer):
    """A slow, wide sound of detuned voices, different in the left and the right ear.

    Attributes
    ----------
    harmonics, slope
        How many, and how fast they weaken: amplitude ∝ 1/k^slope.
    odd
        Leave the even ones out, for a hollow sound.
    voices, detune
        Voices an ear, and the cents they spread over.
    damping
        How much faster the high harmonics die: the sound closes like a filter.
    """

    harmonics: int = 8
    slope: float = 1.6
    odd: bool = False
    voices: int = 2
    detune: float = 14.0
    damping: float = 0.5

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        k = np.arange(1, self.harmonics + 1, 2 if self.odd else 1, dtype=np.float64)
        k = k[k * strike.frequency_hz < TOP_HZ]
        levels = k ** -(self.slope - 0.7 * strike.brightness)
        return np.stack([self._ear(strike, k, levels, t60_s, frames) for _ in range(2)])

    def _ear(self, strike: Strike, k: Values, levels: Values, t60_s: float, frames: int) -> Array:
        spread = np.linspace(-0.5, 0.5, self.voices) if self.voices > 1 else np.zeros(1)
        cents = self.detune * (spread + strike.random.uniform(-0.15, 0.15, self.voices))
        frequencies_hz = strike.frequency_hz * np.multiply.outer(2.0 ** (cents / 1200.0), k).reshape(-1)
        phases = strike.random.uniform(0.0, 0.2, len(frequencies_hz))
        t60 = np.tile(t60_s * k**-self.damping, self.voices)
        share = 0.6 ** np.arange(self.voices)  # one voice leads: their beating never goes silent
        share /= np.sqrt(np.sum(share**2))
        shares = np.multiply.outer(share, levels).reshape(-1)
        return struck(strike, frequencies_hz, shares, t60, phases, frames)
