"""Write a sound as a file: the same sound, format and seed give the same bytes."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from sounds import formats
from sounds.audio.atomic import write_atomically
from sounds.audio.decode import decode
from sounds.audio.ogg import with_serial
from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, from_db
from sounds.audio.true_peak import true_peak_db
from sounds.formats import AudioFormat

CEILING_DBTP = -1.0
"""What a lossy file may reach when it is decoded."""
MP3_KBPS = 192

_FULL_SCALE = 32_768
_BLOCK = 16_384  # libsndfile's Vorbis writer keeps a whole write on the stack
_SAFETY_DB = 0.1
_ATTEMPTS = 5


FORMATS = {suffix: formats.FORMATS[suffix] for suffix in formats.HOST_FORMATS}
_OPTIONS: dict[str, dict[str, Any]] = {
    "wav": {"format": "WAV", "subtype": "PCM_16"},
    "flac": {"format": "FLAC", "subtype": "PCM_16"},
    "mp3": {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "bitrate_mode": "CONSTANT",
        # libsndfile spreads 0 … 1 over 320 … 32 kbit/s.
        "compression_level": (320 - MP3_KBPS) / (320 - 32),
    },
    "ogg": {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.4},
}
"""What soundfile is to be told for each."""
_GAIN_DB = {"mp3": 0.265}
"""Makes good what an encoder turns the sound down by: LAME scales its input by 0.97 at this bit rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """What was written: enough to record the file without reading it again."""

    bytes: int
    sha256: str
    mime_type: str


def encode(audio: npt.ArrayLike, path: Path | str, *, seed: int, rate_hz: int = SAMPLE_RATE_HZ) -> Encoded:
    """Write a sound in the format of the path's suffix, whole or not at all.

    WAV and FLAC hold the same 16-bit samples, dithered; MP3 (192 kbit/s, constant) and OGG Vorbis are
    turned down a little where their decoded peak would pass −1 dBTP. Every format decodes to exactly
    the frames given.

    Parameters
    ----------
    audio
        float32 in [−1, 1], shape (frames, channels).
    seed
        Of the dither, and the serial number of an Ogg stream.

    Raises
    ------
    ValueError
        For an unknown format, or a sound that is empty or not finite.
    OSError
        When the file cannot be written; nothing is left behind.
    """
    path = Path(path)
    form = format_of(path)
    sound = as_frames(audio)
    if not sound.size or not np.isfinite(sound).all():
        raise ValueError("Only a sound with frames, all of them finite numbers, can be written.")
    if form.lossless:
        data = _encoded(quantised(sound, seed=seed), form, rate_hz)
    else:
        data = _encoded_below_ceiling(sound, form, rate_hz)
    if form.suffix == "ogg":
        data = with_serial(data, seed & 0xFFFFFFFF)
    write_atomically(path, data)
    return Encoded(bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), mime_type=form.mime_type)


def format_of(path: Path | str) -> AudioFormat:
    """The row of `FORMATS` for a path's suffix; raises ``ValueError`` for one there is not."""
    suffix = Path(path).suffix.lower().removeprefix(".")
    try:
        return FORMATS[suffix]
    except KeyError:
        raise ValueError(f"Sounds are written as {', '.join(FORMATS)}, not as {suffix!r}.") from None


def quantised(audio: npt.ArrayLike, *, seed: int) -> Array:
    """The sound as int16 with triangular dither of ±1 step, shape (frames, channels).

    Exact zeros stay zeros, so the silence around a sound is digital silence and its ends do not click;
    no sample passes the loudest one of the sound.
    """
    scaled = as_frames(audio) * np.float32(_FULL_SCALE)
    # Raw words of PCG64: unlike numpy's distributions they are promised to stay the same for ever.
    words = np.random.PCG64(seed).random_raw(scaled.size).reshape(scaled.shape)
    uniform = words.view(np.uint32).reshape(*scaled.shape, 2).astype(np.float32) / np.float32(2**32)
    dithered = np.rint(scaled + (uniform[..., 0] - uniform[..., 1]) * (scaled != 0.0))
    highest = min(float(np.ceil(np.abs(scaled).max(initial=0.0))), _FULL_SCALE - 1.0)
    return np.clip(dithered, -highest, highest).astype(np.int16)


def _encoded(sound: Array, form: AudioFormat, rate_hz: int) -> bytes:
    """The file's bytes; made in memory, so that a full disk is the writer's plain OSError."""
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", rate_hz, sound.shape[1], **_OPTIONS[form.suffix]) as file:
        for start in range(0, len(sound), _BLOCK):
            file.write(sound[start : start + _BLOCK])
    return buffer.getvalue()


def _encoded_below_ceiling(sound: Array, form: AudioFormat, rate_hz: int) -> bytes:
    """Encode, listen to the result, and turn down by what it is too high."""
    gain_db = _GAIN_DB.get(form.suffix, 0.0)
    for _ in range(_ATTEMPTS):
        data = _encoded(sound * np.float32(from_db(gain_db)), form, rate_hz)
        excess_db = true_peak_db(decode(data)[0]) - CEILING_DBTP
        if excess_db <= 0.0:
            break
        gain_db = round(gain_db - excess_db - _SAFETY_DB, 3)
    return data
