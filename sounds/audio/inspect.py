"""Read an audio file as a pack's player would find it, and say what is in it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import soundfile

from sounds.audio.decode import DecodeError, decode
from sounds.audio.file_report import FileReport
from sounds.audio.loudness import loudness
from sounds.audio.magic import container_name, tag_length
from sounds.audio.onset import onset_s, silence_s
from sounds.audio.true_peak import true_peak_db

LONGEST_S = 60.0
"""No pack's sound may be longer than 20 s: what claims to be much longer is not worth the memory."""
_KNOWN = ("wav", "mp3", "ogg", "flac", "aiff")


def inspect(path: Path) -> FileReport:
    """Measure one file; never raises for bad audio, see ``FileReport.error``.

    Raises
    ------
    OSError
        When the file cannot be opened: that says nothing about its audio.
    """
    data = Path(path).read_bytes()
    known: dict[str, Any] = {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "format": format_of(data),
    }
    try:
        sound, rate_hz = decode(data, name=Path(path).name, longest_s=LONGEST_S)
    except DecodeError as error:
        return FileReport(**known, error=str(error))
    if not len(sound):
        return FileReport(**known, error=f"{Path(path).name} holds no sound: it has no frames.")
    leading, trailing = silence_s(sound, rate_hz=rate_hz)
    duration_s = len(sound) / rate_hz
    lossy = known["format"] in {"mp3", "ogg"}
    return FileReport(
        **known,
        subtype=_subtype(data),
        sample_rate_hz=rate_hz,
        channels=sound.shape[1],
        duration_s=duration_s,
        bit_rate_kbps=8 * (len(data) - tag_length(data)) / duration_s / 1000 if lossy else 0.0,
        loudness_lufs=loudness(sound, rate_hz),
        true_peak_dbtp=true_peak_db(sound),
        onset_s=onset_s(sound, rate_hz=rate_hz),
        leading_silence_s=leading,
        trailing_silence_s=trailing,
    )


def format_of(data: bytes) -> str:
    """What a file's first bytes show, of those that packs are made of, or ``""``."""
    name = container_name(data)
    return name if name in _KNOWN else ""


def _subtype(data: bytes) -> str:
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        return str(file.subtype)
