"""Take from somebody's file what can become a notification: its beginning, or all of a short one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from sounds.audio.clean import remove_offset
from sounds.audio.decode import DecodeError, read_beginning
from sounds.audio.onset import trim_to_onset
from sounds.audio.resample import resample
from sounds.audio.shape import SAMPLE_RATE_HZ, Array

LOOK_S = 30.0
"""A sound that begins later than this is taken for silence."""
_MASTERS = {(format_, "PCM_16", SAMPLE_RATE_HZ) for format_ in ("WAV", "WAVEX")}
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
    sound, rate_hz = _beginning(path, seconds=LOOK_S, name=Path(path).name)
    trimmed = trim_to_onset(remove_offset(sound, rate_hz=rate_hz), rate_hz=rate_hz)
    return resample(trimmed[: round((longest_s + _MORE_S) * rate_hz)], rate_hz, SAMPLE_RATE_HZ)


def whole(path: Path | str, *, longest_s: float, name: str) -> Array:
    """All of a file, only brought to our rate: nothing trimmed, faded, levelled or limited.

    Parameters
    ----------
    name
        What to call it in a sentence.

    Returns
    -------
    np.ndarray
        float32 at 44.1 kHz, shape (frames, 1 or 2).

    Raises
    ------
    DecodeError
        As `excerpt`, and when it lasts more than `longest_s` seconds.
    """
    sound, rate_hz = _beginning(path, seconds=longest_s + _MORE_S, name=name)
    if len(sound) > round(longest_s * rate_hz):
        raise DecodeError(f"{name} lasts more than {longest_s:g} seconds; shorten it.")
    return resample(sound, rate_hz, SAMPLE_RATE_HZ)


def is_master(path: Path | str) -> bool:
    """Whether a file is what masters are already: 16-bit PCM WAV at 44.1 kHz, mono or stereo.

    Raises ``soundfile.SoundFileError`` for what is no audio file.
    """
    with soundfile.SoundFile(path) as file:
        kind = (file.format, file.subtype, file.samplerate)
        return kind in _MASTERS and file.channels <= 2


def _beginning(path: Path | str, *, seconds: float, name: str) -> tuple[Array, int]:
    sound, rate_hz = read_beginning(path, seconds=seconds, name=name)
    if not len(sound):
        raise DecodeError(f"{name} holds no sound: it has no frames.")
    if sound.shape[1] > 2:
        sound = sound.mean(axis=1, keepdims=True, dtype=np.float32)
    return sound, rate_hz
