"""Change the sample rate of a sound."""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, fast_length

_FULL = 0.92
"""Up to this part of the lower Nyquist frequency nothing is lost; from there a half cosine falls to 0."""
_TAIL_S = 0.02  # the slope of 1.7 kHz has stopped ringing by then, before the sound as well as after it


def resample(audio: npt.ArrayLike, from_hz: int, to_hz: int = SAMPLE_RATE_HZ) -> Array:
    """The sound at another sample rate: its spectrum, cut off or continued with nothing.

    A frame stays at its time: what lay at t seconds lies there still, without delay.

    Parameters
    ----------
    audio
        Shape (frames, channels).
    from_hz, to_hz
        Sample rates, both positive.

    Returns
    -------
    np.ndarray
        float32, shape (⌈frames · to_hz / from_hz⌉, channels); as given where the rates are the same.
    """
    sound = as_frames(audio)
    if from_hz == to_hz or not sound.size:
        return sound
    step = gcd(from_hz, to_hz)
    up, down = to_hz // step, from_hz // step
    # Whole periods of both rates, so that the spectrum of one length is that of the other.
    periods = fast_length(-(-(len(sound) + round(_TAIL_S * from_hz)) // down))
    spectrum = np.fft.rfft(np.ascontiguousarray(sound.T), periods * down)
    bins = periods * min(up, down) // 2 + 1
    kept = np.zeros((sound.shape[1], periods * up // 2 + 1), dtype=spectrum.dtype)
    kept[:, :bins] = spectrum[:, :bins] * _slope(bins)
    result = np.fft.irfft(kept, periods * up)[:, : -(-len(sound) * up // down)]
    return np.ascontiguousarray(result.T * (up / down), dtype=np.float32)


def _slope(bins: int) -> Array:
    """1 up to `_FULL` of the way to the last bin, then down to 0, shape (bins,)."""
    way = np.linspace(0.0, 1.0, bins)
    return 0.5 + 0.5 * np.cos(np.pi * np.clip((way - _FULL) / (1.0 - _FULL), 0.0, 1.0))
