"""Draw what a sound is made of: time to the right, pitch upwards, loudness as light."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from sounds.audio.atomic import write_atomically
from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames

WIDTH, HEIGHT = 640, 256
LOW_HZ, HIGH_HZ = 80.0, 18_000.0
RANGE_DB = 72.0
"""Below the brightest spot by this much a spot is black."""

_WINDOW_S = 0.046
_COLUMNS = 200  # spectra taken; the picture interpolates between them

_RAMP = (
    (0, 0, 4),
    (15, 9, 45),
    (48, 10, 91),
    (87, 16, 110),
    (129, 31, 108),
    (169, 46, 94),
    (208, 66, 70),
    (236, 105, 37),
    (248, 152, 18),
    (246, 203, 56),
    (252, 255, 164),
)
"""Night, violet, ember, flame: even steps of lightness, after Smith and van der Walt's inferno (CC0)."""


def write_spectrogram(
    audio: npt.ArrayLike,
    path: Path | str,
    *,
    rate_hz: int = SAMPLE_RATE_HZ,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> None:
    """Write a PNG of the sound's spectrum over time, whole or not at all.

    The frequency axis is logarithmic, as pitch is heard; channels are summed by power. Silence, and a
    sound without frames, is a black picture.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    shades = _shades(as_frames(audio), rate_hz, width, height)
    image = Image.fromarray(shades)  # one byte a pixel: a quarter of the work of compressing RGBA
    image.putpalette(_palette())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=5)
    write_atomically(Path(path), buffer.getvalue())


def _shades(sound: Array, rate_hz: int, width: int, height: int) -> Array:
    """Brightness of every pixel, uint8, shape (height, width), the highest pitch first."""
    peak = float(np.abs(sound).max(initial=0.0))
    if peak <= 0.0 or not np.isfinite(peak):
        return np.zeros((height, width), dtype=np.uint8)
    size = 1 << round(np.log2(_WINDOW_S * rate_hz))
    columns = min(_COLUMNS, width)
    power = _spectra(sound / np.float32(peak), columns, size)
    bins, weights, starts = _rows(size, rate_hz, height)
    rows = np.add.reduceat(power[:, bins] * weights, starts, axis=1)
    level = 10.0 * np.log10(rows + 1e-12)
    level = np.clip(1.0 + (level - level.max()) / RANGE_DB, 0.0, 1.0)
    at = np.clip((np.arange(width) + 0.5) * columns / width - 0.5, 0.0, columns - 1.0)
    left = at.astype(np.intp)
    right, part = np.minimum(left + 1, columns - 1), (at - left).astype(np.float32)[:, None]
    picture = level[left] * (1.0 - part) + level[right] * part
    return np.ascontiguousarray((picture * 255.0 + 0.5).astype(np.uint8).T)


def _spectra(sound: Array, columns: int, size: int) -> Array:
    """Power spectra at evenly spaced moments, float32, shape (columns, size / 2 + 1)."""
    padded = np.pad(sound.T, ((0, 0), (size // 2, size)))
    starts = ((np.arange(columns) + 0.5) * len(sound) / columns).astype(np.intp)
    window = np.hanning(size).astype(np.float32)
    power: Array = np.zeros(1, dtype=np.float32)
    for channel in padded:
        spectra = np.fft.rfft(channel[starts[:, None] + np.arange(size)] * window)
        power = power + spectra.real**2 + spectra.imag**2
    return power


@lru_cache(maxsize=4)
def _rows(size: int, rate_hz: int, height: int) -> tuple[Array, Array, Array]:
    """How the bins of a spectrum gather into rows: the bins of each row, their weights, where rows start.

    Low rows, narrower than a bin, interpolate between two; high rows average all they cover.
    """
    edges = np.geomspace(min(HIGH_HZ, rate_hz / 2), LOW_HZ, height + 1) * size / rate_hz
    centre, half = np.sqrt(edges[:-1] * edges[1:]), np.maximum(1.0, edges[:-1] - edges[1:])
    distance = np.abs(np.arange(size // 2 + 1) - centre[:, None]) / half[:, None]
    weights = np.clip(1.0 - distance, 0.0, None)
    weights /= weights.sum(axis=1, keepdims=True)
    row, bins = np.nonzero(weights)
    return bins, weights[row, bins].astype(np.float32), np.searchsorted(row, np.arange(height))


def _palette() -> list[int]:
    """256 colours from `_RAMP`, as Pillow wants them: red, green, blue, red …"""
    at = np.linspace(0.0, len(_RAMP) - 1.0, 256)
    colours = [np.interp(at, np.arange(len(_RAMP)), channel) for channel in zip(*_RAMP, strict=True)]
    return [int(value) for value in np.rint(np.stack(colours, axis=1)).reshape(-1)]
