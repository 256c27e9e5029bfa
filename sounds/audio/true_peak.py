"""How high the wave goes between its samples: the peak a converter or an MP3 decoder meets."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from sounds.audio.shape import Array, as_frames, to_db

OVERSAMPLING = 4
"""BS.1770-4, annex 2: four times at 44.1 and 48 kHz."""

_TAPS = 24  # a phase; annex 2 has 12, with a passband that sags by .5 dB towards 20 kHz
_BETA = 5.0  # Kaiser window: ripple under .02 dB up to 19 kHz
_BLOCK = 16  # frames a row of the matrix product below
# Rows a matrix product. More than 2¹⁸ multiplications would wake OpenBLAS's threads, which cost ten
# times as much as they save when the machine is busy, and could round differently.
_ROWS = 128
_PRODUCTS = 16  # at a time, so that they stay in the cache and long audio needs no more memory
_CHUNK = _BLOCK * _ROWS


def true_peak_db(audio: npt.ArrayLike) -> float:
    """The true peak over all channels, in dBTP; −120.0 for silence.

    Examples
    --------
    >>> wave = np.sin(np.pi / 2 * np.arange(1000) + np.pi / 4)  # samples never meet the crest
    >>> true_peak_db(wave * np.hanning(1000)) > -0.1
    True
    """
    levels = peak_levels(audio)
    return to_db(float(levels.max())) if levels.size else to_db(0.0)


def peak_levels(audio: npt.ArrayLike) -> Array:
    """The height of the wave around each frame, the loudest channel counting.

    Parameters
    ----------
    audio
        Shape (frames, channels), any sample rate.

    Returns
    -------
    np.ndarray
        float32, shape (frames,): the largest magnitude at the frame and at the three points
        interpolated between it and the next one. The first also covers what rings before it.
    """
    sound = as_frames(audio)
    if not sound.size:
        return np.zeros(0, dtype=np.float32)
    frames, channels = sound.shape
    # One frame early, for the wave between silence and the first frame.
    padded = np.zeros((channels, -(-(frames + 1) // _CHUNK) * _CHUNK + _TAPS - 1), dtype=np.float32)
    inside = padded[:, _TAPS // 2 : _TAPS // 2 + frames]
    inside[:] = sound.T
    between = np.max([_heights(channel) for channel in padded], axis=0)
    result = np.max(np.abs(inside), axis=0, initial=0.0)
    np.maximum(result, between[1 : frames + 1], out=result)
    result[0] = max(result[0], between[0])
    return result


def _heights(channel: Array) -> Array:
    """Largest magnitude between each frame and the next, shape (frames,), a multiple of `_CHUNK`."""
    windows = sliding_window_view(channel, _BLOCK + _TAPS - 1)[::_BLOCK]
    windows = windows.reshape(-1, _ROWS, _BLOCK + _TAPS - 1)
    heights = np.empty((len(windows), _ROWS, _BLOCK), dtype=np.float32)
    for start in range(0, len(windows), _PRODUCTS):
        waves = np.matmul(windows[start : start + _PRODUCTS], _interpolator())
        np.abs(waves, out=waves)
        part = heights[start : start + _PRODUCTS]
        np.maximum(waves[..., :_BLOCK], waves[..., _BLOCK : 2 * _BLOCK], out=part)
        np.maximum(part, waves[..., 2 * _BLOCK :], out=part)
    return heights.reshape(-1)


@lru_cache(maxsize=1)
def _interpolator() -> Array:
    """The three fractional delays as one matrix, shape (block + taps − 1, 3 · block).

    A windowed sinc, each phase scaled to pass DC unchanged; laid out as a band matrix because one
    matrix product is twenty times as fast as filtering phase by phase.
    """
    positions = np.arange(_TAPS) - (_TAPS // 2 - 1)
    matrix = np.zeros((_BLOCK + _TAPS - 1, (OVERSAMPLING - 1) * _BLOCK))
    for phase in range(1, OVERSAMPLING):
        distance = positions - phase / OVERSAMPLING
        window = np.i0(_BETA * np.sqrt(np.clip(1.0 - (distance / (_TAPS / 2)) ** 2, 0.0, None)))
        taps = np.sinc(distance) * window
        taps /= taps.sum()
        for frame in range(_BLOCK):
            matrix[frame : frame + _TAPS, (phase - 1) * _BLOCK + frame] = taps
    return matrix.astype(np.float32)
