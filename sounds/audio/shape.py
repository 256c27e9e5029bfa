"""Bring sound into the one shape this package works on: (frames, channels), float32."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 44_100
FLOOR_DB = -120.0
"""What silence reads, in decibels of any kind: a number, so that it can be stored as JSON."""

Array: TypeAlias = npt.NDArray[Any]


def as_frames(audio: npt.ArrayLike) -> Array:
    """Return `audio` as float32, shape (frames, channels); one dimension becomes one channel.

    Raises
    ------
    ValueError
        With more than two dimensions.
    """
    array = np.asarray(audio, dtype=np.float32)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ValueError(f"A sound has the shape (frames, channels), not {array.shape}.")
    return array


def to_db(amplitude: float) -> float:
    """20·log₁₀ of an amplitude, never below `FLOOR_DB`."""
    return max(FLOOR_DB, 20.0 * float(np.log10(amplitude))) if amplitude > 0.0 else FLOOR_DB


def from_db(level_db: float) -> float:
    """The amplitude of a level in decibels."""
    return float(10.0 ** (level_db / 20.0))


def fast_length(frames: int) -> int:
    """The smallest 2ᵃ·3ᵇ·5ᶜ that is at least `frames`: lengths the FFT is quick at."""
    best = 1 << max(0, frames - 1).bit_length()
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            rest = -(-frames // threes)
            best = min(best, threes << max(0, rest - 1).bit_length())
            threes *= 3
        fives *= 5
    return best
