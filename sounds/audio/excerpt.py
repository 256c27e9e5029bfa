"""Take from somebody's file what can become a notification: its beginning."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sounds.audio.clean import remove_offset
from sounds.audio.decode import DecodeError, read_beginning
from sounds.audio.onset import trim_to_onset
from sounds.audio.resample import resample
from sounds.audio.shape import SAMPLE_RATE_HZ, Array

LOOK_S = 30.0
"""A sound that begins later than this is taken for silence."""
_MORE_S = 0.1  # what mastering may still trim off the start


def excerpt(path: Path | str, *, longest_s: float) -> Array:
    """The sound a file begins with, without the silence before it.

    Returns
    -------
    np.ndarray
        float32 at 44.1 kHz, shape (frames, 1 or 2), a little over `longest_s` seconds at most. More than
        two channels are folded into one: what the others are for, few files say.

    Raises
    ------
    DecodeError
        When the file is not audio, is damaged, or holds no frames.
    """
    sound, rate_hz = read_beginning(path, seconds=LOOK_S)
    if not len(sound):
        raise DecodeError(f"{Path(path).name} holds no sound: it has no frames.")
    if sound.shape[1] > 2:
        sound = sound.mean(axis=1, keepdims=True, dtype=np.float32)
    trimmed = trim_to_onset(remove_offset(sound, rate_hz=rate_hz), rate_hz=rate_hz)
    return resample(trimmed[: round((longest_s + _MORE_S) * rate_hz)], rate_hz, SAMPLE_RATE_HZ)
