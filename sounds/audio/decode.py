"""Read audio files, whatever their format, into the one shape this package works on."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from sounds.audio.shape import Array

LONGEST_S = 900.0
"""A few kilobytes of FLAC can claim hours of silence: more than this is refused before decoding."""
HIGHEST_RATE_HZ = 768_000
MOST_CHANNELS = 32


class DecodeError(ValueError):
    """The file cannot be read as audio; the message is one sentence that says why."""


def read(path: Path | str) -> tuple[Array, int]:
    """Read a WAV, FLAC, OGG, MP3 or AIFF file.

    Returns
    -------
    tuple
        float32 in [−1, 1], shape (frames, channels), and the sample rate in Hz.

    Raises
    ------
    DecodeError
        When the file is missing, is not audio, is damaged, is longer than 15 minutes, or holds values
        that are not finite.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DecodeError(f"{path.name} cannot be opened: {error.strerror or error}.") from error
    return decode(data, name=path.name)


def decode(data: bytes, *, name: str = "The file", longest_s: float | None = None) -> tuple[Array, int]:
    """Read audio of at most `longest_s` seconds from the bytes of a file; otherwise as `read`."""
    most_s = LONGEST_S if longest_s is None else longest_s
    if not data:
        raise DecodeError(f"{name} is empty.")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if not 0 <= file.frames <= most_s * file.samplerate:
                raise DecodeError(f"{name} claims to be longer than {most_s:g} seconds.")
            sound = file.read(dtype="float32", always_2d=True)
            rate_hz = int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, MemoryError, OverflowError) as error:
        raise DecodeError(f"{name} cannot be decoded: {_reason(error)}.") from error
    if not np.isfinite(sound).all():
        raise DecodeError(f"{name} holds values that are not finite numbers.")
    return sound, rate_hz


def read_beginning(path: Path | str, *, seconds: float, name: str = "") -> tuple[Array, int]:
    """The first `seconds` of a file of any length, without loading the rest; otherwise as `read`.

    `name` is what to call it where its own name says nothing to a person.
    """
    name = name or Path(path).name
    try:
        with soundfile.SoundFile(path) as file:
            rate_hz, channels = int(file.samplerate), int(file.channels)
            if not 1_000 <= rate_hz <= HIGHEST_RATE_HZ or channels > MOST_CHANNELS:
                raise DecodeError(f"{name} has {channels} channels at {rate_hz} Hz; that is no sound.")
            sound = file.read(round(seconds * rate_hz), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, MemoryError, OverflowError) as error:
        raise DecodeError(f"{name} cannot be decoded: {_reason(error)}.") from error
    if not np.isfinite(sound).all():
        raise DecodeError(f"{name} holds values that are not finite numbers.")
    return sound, rate_hz


def _reason(error: Exception) -> str:
    """libsndfile's own words, without the name of the memory buffer they were said about."""
    words = str(getattr(error, "error_string", "") or error or type(error).__name__)
    return words.strip().rstrip(".").lower() or "unknown error"
