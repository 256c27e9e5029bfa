"""Where a sound begins, how much silence surrounds it, and how to cut what comes before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, from_db

FRAME_S = 0.005
ONSET_BELOW_PEAK_DB = -40.0
SILENCE_DB = -35.0
"""The CESP registry's silence: samples below −35 dBFS."""
TRIM_BELOW_PEAK_DB = -50.0
KEEP_BEFORE_ONSET_S = 0.010
"""Bluetooth and slow sinks swallow a beginning that starts too abruptly: this much is never cut."""


def onset_s(audio: npt.ArrayLike, *, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Start of the first 5 ms frame within 40 dB of the loudest frame, in seconds.

    A frame's level is its largest sample over all channels. Silence begins nowhere: its onset is its
    own length.
    """
    envelope = _envelope(as_frames(audio))
    size = max(1, round(FRAME_S * rate_hz))
    if not envelope.size or envelope.max() <= 0.0:
        return len(envelope) / rate_hz
    levels = np.maximum.reduceat(envelope, np.arange(0, len(envelope), size))
    return int(np.argmax(levels >= levels.max() * from_db(ONSET_BELOW_PEAK_DB))) * size / rate_hz


def silence_s(
    audio: npt.ArrayLike, threshold_db: float = SILENCE_DB, *, rate_hz: int = SAMPLE_RATE_HZ
) -> tuple[float, float]:
    """Seconds of silence before the first and after the last sample at or above a threshold in dBFS.

    A sound that never reaches the threshold is silent throughout: both figures are its length.
    """
    envelope = _envelope(as_frames(audio))
    heard = envelope >= from_db(threshold_db)
    if not heard.any():
        return len(heard) / rate_hz, len(heard) / rate_hz
    return int(np.argmax(heard)) / rate_hz, int(np.argmax(heard[::-1])) / rate_hz


def trim_to_onset(audio: npt.ArrayLike, lead_in_s: float = 0.005, *, rate_hz: int = SAMPLE_RATE_HZ) -> Array:
    """Cut the silence before a sound, leaving `lead_in_s` and at least 10 ms before the onset.

    The sound begins at the first sample within 50 dB of the peak; a soft attack keeps its foot.
    Silence is returned as it is.

    Returns
    -------
    np.ndarray
        A view of `audio`, float32, shape (frames, channels).
    """
    sound = as_frames(audio)
    envelope = _envelope(sound)
    if not envelope.size or envelope.max() <= 0.0:
        return sound
    begins = int(np.argmax(envelope >= envelope.max() * from_db(TRIM_BELOW_PEAK_DB)))
    onset = round(onset_s(sound, rate_hz=rate_hz) * rate_hz)
    cut = min(begins - round(lead_in_s * rate_hz), onset - round(KEEP_BEFORE_ONSET_S * rate_hz))
    return sound[max(0, cut) :]


def _envelope(sound: Array) -> Array:
    """The largest magnitude over the channels, shape (frames,)."""
    # On (channels, frames): numpy reduces a last axis of two elements some ten times slower.
    return np.abs(np.ascontiguousarray(sound.T)).max(axis=0, initial=0.0)
