"""Take away what nobody hears and everybody pays for: offset and rumble."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, fast_length, from_db

_TAIL_S = 0.25  # a 20 Hz second-order filter has fallen by 190 dB after a quarter of a second
_FLAT_S = 0.005
_FLAT_DB = -50.0


def remove_offset(
    audio: npt.ArrayLike, *, high_pass_hz: float = 20.0, rate_hz: int = SAMPLE_RATE_HZ
) -> Array:
    """High-pass the sound without letting a constant offset turn into a thump at its start.

    Returns
    -------
    np.ndarray
        float32, shape as given.
    """
    sound = as_frames(audio)
    if not sound.size:
        return sound
    size = fast_length(len(sound) + round(_TAIL_S * rate_hz))
    channels = np.ascontiguousarray(sound.T)
    channels = channels - _offset(channels, rate_hz)
    spectrum = np.fft.rfft(channels, size) * _high_pass(size, high_pass_hz, rate_hz)
    return np.ascontiguousarray(np.fft.irfft(spectrum, size)[:, : len(sound)].T, dtype=np.float32)


def _offset(channels: Array, rate_hz: int) -> Array:
    """The constant to take off before filtering, shape (channels, 1).

    Where a sound starts with a flat stretch, that stretch is the offset: its mean over the whole would
    instead lift the silence around a lopsided wave. Where it starts at once, the mean is the best guess.
    """
    start = channels[:, : max(1, round(_FLAT_S * rate_hz))]
    flat = np.ptp(start, axis=1) <= np.ptp(channels, axis=1) * from_db(_FLAT_DB)
    return np.where(flat, start.mean(axis=1), channels.mean(axis=1))[:, None].astype(np.float32)


@lru_cache(maxsize=32)
def _high_pass(size: int, cutoff_hz: float, rate_hz: int) -> Array:
    """Second-order Butterworth by the bilinear transform, as a spectrum of `size` frames.

    H(s) = s² / (s² + √2·s + 1) with s = (1 − z⁻¹) / (k·(1 + z⁻¹)), k = tan(π·f/rate).
    """
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    rise = (1.0 - z) ** 2
    k = np.tan(np.pi * cutoff_hz / rate_hz) * (1.0 + z)
    return (rise / (rise + np.sqrt(2.0) * k * (1.0 - z) + k * k)).astype(np.complex64)
