"""Everything the studio wants to know of a sound, as numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from sounds.audio.loudness import loudness
from sounds.audio.onset import onset_s, silence_s
from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, to_db
from sounds.audio.true_peak import true_peak_db

CLIPPED_AT = 0.98
HIGH_HZ = 14_000.0
_WINDOW = 2048
_MOST_WINDOWS = 400  # of a long sound, evenly spread: its character does not need more


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured; every field is a finite float.

    Attributes
    ----------
    loudness_lufs
        See `sounds.audio.loudness.loudness`; −120.0 for silence, as for the other levels.
    onset_s, leading_silence_s, trailing_silence_s
        See `sounds.audio.onset`; silence is what stays below −35 dBFS.
    dc_offset
        Largest mean of a channel, by magnitude.
    clipped_fraction
        Part of the samples at or above 0.98 of full scale, 0 … 1.
    high_frequency_ratio
        Part of the power above 14 kHz, 0 … 1.
    flatness
        Geometric over arithmetic mean of the power spectrum, averaged over 46 ms windows by their
        power: near 0 for tones, e^−γ = 0.56 for white noise.
    edge_step
        The larger of the first and the last sample, by magnitude: what would be heard as a click.
    """

    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    sample_peak_db: float
    onset_s: float
    leading_silence_s: float
    trailing_silence_s: float
    dc_offset: float
    clipped_fraction: float
    high_frequency_ratio: float
    flatness: float
    edge_step: float

    def as_dict(self) -> dict[str, float]:
        """The measures as JSON-ready data."""
        return asdict(self)


def measure(audio: npt.ArrayLike, rate_hz: int = SAMPLE_RATE_HZ) -> Measures:
    """Measure a sound of shape (frames, channels).

    Raises
    ------
    ValueError
        When there are no frames, or values that are not finite.
    """
    sound = as_frames(audio)
    if not sound.size or not np.isfinite(sound).all():
        raise ValueError("Only a sound with frames, all of them finite numbers, can be measured.")
    channels = np.ascontiguousarray(sound.T)
    magnitudes = np.abs(channels)
    leading, trailing = silence_s(sound, rate_hz=rate_hz)
    high_frequency_ratio, flatness = _colour(channels, rate_hz)
    return Measures(
        duration_s=len(sound) / rate_hz,
        loudness_lufs=loudness(sound, rate_hz),
        true_peak_dbtp=true_peak_db(sound),
        sample_peak_db=to_db(float(magnitudes.max())),
        onset_s=onset_s(sound, rate_hz=rate_hz),
        leading_silence_s=leading,
        trailing_silence_s=trailing,
        dc_offset=float(np.abs(channels.mean(axis=1, dtype=np.float64)).max()),
        clipped_fraction=float(np.count_nonzero(magnitudes >= CLIPPED_AT) / magnitudes.size),
        high_frequency_ratio=high_frequency_ratio,
        flatness=flatness,
        edge_step=float(max(magnitudes[:, 0].max(), magnitudes[:, -1].max())),
    )


def _colour(channels: Array, rate_hz: int) -> tuple[float, float]:
    """(Part of the power above 14 kHz, flatness) of the channel with most power."""
    loudest = channels[int(np.argmax(np.einsum("cf,cf->c", channels, channels)))]
    peak = float(np.abs(loudest).max())
    if peak <= 0.0:
        return 0.0, 0.0
    padded = np.pad(loudest / peak, (0, max(0, _WINDOW - len(loudest))))
    hop = max(_WINDOW // 2, (len(padded) - _WINDOW) // _MOST_WINDOWS)
    windows = sliding_window_view(padded, _WINDOW)[::hop] * np.hanning(_WINDOW).astype(np.float32)
    spectra = np.fft.rfft(windows)[:, 1:]
    power = (spectra.real**2 + spectra.imag**2).astype(np.float64) + 1e-20
    totals = power.sum(axis=1)
    first_high = int(HIGH_HZ * _WINDOW / rate_hz)
    high = float(power[:, first_high:].sum() / totals.sum())
    flat = np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)
    return high, float(np.average(flat, weights=totals))
