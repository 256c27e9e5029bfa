"""Hold a sound under a true-peak ceiling without being heard: a look-ahead limiter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, from_db
from sounds.audio.true_peak import peak_levels, true_peak_db

LOOK_AHEAD_S = 0.002
"""The gain begins to fall this long before a peak: slow enough to add no click."""
RELEASE_DB_PER_S = 80.0
"""How fast the gain comes back: 6 dB in 75 ms, too slow to buzz on a low note."""


def limit(
    audio: npt.ArrayLike,
    *,
    ceiling_db: float,
    look_ahead_s: float = LOOK_AHEAD_S,
    release_db_per_s: float = RELEASE_DB_PER_S,
    rate_hz: int = SAMPLE_RATE_HZ,
) -> tuple[Array, float]:
    """Keep the true peak at or below `ceiling_db`.

    Where nothing exceeds the ceiling the sound comes back unchanged. All channels share one gain, so
    the stereo image stays where it is.

    Parameters
    ----------
    audio
        Shape (frames, channels).
    ceiling_db
        In dBTP.
    look_ahead_s
        How long before a peak the gain begins to fall, and how long it is held after.
    release_db_per_s
        How fast the gain comes back after a peak.

    Returns
    -------
    tuple
        The sound, float32, shape (frames, channels), and the largest reduction in dB (0 when
        transparent).
    """
    sound = as_frames(audio)
    levels = peak_levels(sound)
    ceiling = from_db(ceiling_db)
    if not levels.size or levels.max() <= ceiling:
        return sound, 0.0
    needed_db = 20.0 * np.log10(np.maximum(levels / ceiling, 1.0), dtype=np.float64)
    reduction_db = _reduction(needed_db, max(1, round(look_ahead_s * rate_hz)), release_db_per_s / rate_hz)
    limited = sound * (10.0 ** (reduction_db / -20.0)).astype(np.float32)[:, None]
    # A gain that moves lets an inter-sample peak pass by some hundredths: take them off everything.
    excess_db = max(0.0, true_peak_db(limited) - ceiling_db)
    if excess_db:
        limited *= np.float32(from_db(-excess_db - 1e-4))
    return limited, float(reduction_db.max()) + excess_db


def _reduction(needed_db: Array, ahead: int, release_db: float) -> Array:
    """Smooth reduction in dB, shape (frames,), nowhere less than what is needed there.

    Hold the highest need of `ahead` frames on both sides, let it fall in a straight line by
    `release_db` a frame, then average over a window that fits inside the hold: an average of values
    that all suffice suffices.
    """
    held = _maximum(np.pad(needed_db, 2 * ahead), 2 * ahead + 1)
    slope = np.arange(len(held)) * release_db
    falling = np.maximum(np.maximum.accumulate(held + slope) - slope, 0.0)
    return _average(_average(falling, ahead + 1), ahead + 1)


def _maximum(values: Array, width: int) -> Array:
    """Largest of `width` neighbours, shape (n − width + 1,), in log₂(width) steps of doubling."""
    reach, result = 1, values
    while reach < width:
        step = min(reach, width - reach)
        result = np.maximum(result[:-step], result[step:])
        reach += step
    return result


def _average(values: Array, width: int) -> Array:
    """Mean of `width` neighbours, shape (n − width + 1,)."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return (sums[width:] - sums[:-width]) / width
