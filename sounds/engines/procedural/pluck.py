"""Plucked strings: the Karplus–Strong loop, solved for its modes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import LN_60_DB, Array
from sounds.engines.procedural.layer import Layer, Strike
from sounds.engines.procedural.oscillators import TOP_HZ
from sounds.engines.procedural.partials import struck


@dataclass(frozen=True, slots=True, kw_only=True)
class Pluck(Layer):
    """A string plucked with a burst of noise.

    The loop of Karplus and Strong (1983) averages two neighbours once a period. Its modes are the
    harmonics, and harmonic k loses |cos(πf_k/f_s)| a period (Jaffe and Smith 1983, "decay shortening").
    Summing the modes instead of running the loop tunes the string exactly and costs one matrix product.

    Attributes
    ----------
    harmonics
        How many of them.
    slope
        Softness of the finger: the burst's spectrum falls as 1/k^slope.
    position
        Where it is plucked, 0 … 0.5 of the string: harmonics with a node there are missing.
    loss
        How much the high harmonics lose against Karplus and Strong's average; 1 is theirs.
    stiffness
        Inharmonicity B: f_k = k·f·√(1 + B·k²).
    """

    harmonics: int = 24
    slope: float = 0.7
    position: float = 0.21
    loss: float = 1.0
    stiffness: float = 0.00008

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        k = np.arange(1, self.harmonics + 1)
        frequencies_hz = strike.frequency_hz * k * np.sqrt(1.0 + self.stiffness * k**2)
        frequencies_hz = frequencies_hz[frequencies_hz < TOP_HZ]
        k = k[: len(frequencies_hz)]
        levels = k ** -(self.slope - 0.9 * strike.brightness) * np.abs(np.sin(np.pi * self.position * k))
        levels *= 10.0 ** strike.random.uniform(-0.12, 0.12, len(k))
        # Loss of the loop in nepers a second, on top of the string's own.
        average = np.cos(np.pi * np.minimum(frequencies_hz, 0.45 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)
        rate = LN_60_DB / t60_s - self.loss * strike.frequency_hz * np.log(average)
        phases = strike.random.uniform(0.0, 1.0, len(k))
        return struck(strike, frequencies_hz, levels / 1.5, LN_60_DB / rate, phases, frames)
