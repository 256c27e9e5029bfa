"""How alike two sounds are: the shape of their log-mel pictures, whatever their length and level."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames

BANDS = 48
TIME_FRAMES = 24

_RANGE_DB = 60.0  # what lies further below the loudest spot is not part of the picture
_LOW_HZ, _HIGH_HZ = 60.0, 16_000.0
_WINDOW_S = 0.046  # 2048 samples at 44.1 kHz: the lowest bands hold at least one bin
_LOOKS = 4  # spectra averaged into one time frame


def embedding(audio: npt.ArrayLike, rate_hz: int = SAMPLE_RATE_HZ) -> Array:
    """A picture of the sound as a vector, for `similarity`.

    Parameters
    ----------
    audio
        Shape (frames, channels); channels are mixed by power, so a sound that moves keeps its level.

    Returns
    -------
    np.ndarray
        float32, shape (1152,): 48 mel bands in each of 24 equal parts of the sound, in decibels,
        mean-centred and of length 1; all zeros for silence. Level and length leave it as it is.
    """
    sound = as_frames(audio)
    if not sound.size or not np.any(sound):
        return np.zeros(BANDS * TIME_FRAMES, dtype=np.float32)
    size = 1 << round(np.log2(_WINDOW_S * rate_hz))
    power = _spectra(sound / np.abs(sound).max(), size)
    # A product a time frame: one over all of them would wake OpenBLAS's threads, see true_peak.py.
    mel = np.matmul(power.reshape(TIME_FRAMES, _LOOKS, -1), _mel_bands(size, rate_hz)).mean(axis=1)
    picture = 10.0 * np.log10(np.maximum(mel, mel.max() * 10.0 ** (-_RANGE_DB / 10.0)))
    picture -= picture.mean()
    length = float(np.linalg.norm(picture))
    return (picture / length if length > 0.0 else picture).astype(np.float32).reshape(-1)


def similarity(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """The cosine of two embeddings, −1 … 1: 1 for the same sound, 0 where one is silent.

    As a guide, a take of one Brief with another seed is above 0.95, another theme or hook below 0.8.
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    lengths = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(np.clip(left @ right / lengths, -1.0, 1.0)) if lengths > 0.0 else 0.0


def _spectra(sound: Array, size: int) -> Array:
    """Power spectra at evenly spaced moments, shape (24 · 4, size / 2 + 1)."""
    count = TIME_FRAMES * _LOOKS
    padded = np.pad(sound.T, ((0, 0), (size // 2, size)))
    starts = ((np.arange(count) + 0.5) * len(sound) / count).astype(np.intp)
    windows = padded[:, starts[:, None] + np.arange(size)] * np.hanning(size).astype(np.float32)
    spectra = np.fft.rfft(windows)
    return np.sum(spectra.real**2 + spectra.imag**2, axis=0)


@lru_cache(maxsize=4)
def _mel_bands(size: int, rate_hz: int) -> Array:
    """Triangular bands of equal width in mel, shape (size / 2 + 1, 48); mel as in HTK."""
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (_LOW_HZ, min(_HIGH_HZ, rate_hz / 2)))
    edges = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(size, 1.0 / rate_hz)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    bands = np.clip(np.minimum(rising, falling), 0.0, None)
    return (bands / bands.sum(axis=0)).astype(np.float32)
