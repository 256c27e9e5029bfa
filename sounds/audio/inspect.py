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
from sounds.audio.onset import onset_s, silence_s
from sounds.audio.true_peak import true_peak_db

LONGEST_S = 60.0
"""No pack's sound may be longer than 20 s: what claims to be much longer is not worth the memory."""


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
        bit_rate_kbps=8 * (len(data) - _tag_length(data)) / duration_s / 1000 if lossy else 0.0,
        loudness_lufs=loudness(sound, rate_hz),
        true_peak_dbtp=true_peak_db(sound),
        onset_s=onset_s(sound, rate_hz=rate_hz),
        leading_silence_s=leading,
        trailing_silence_s=trailing,
    )


def format_of(data: bytes) -> str:
    """The format that a file's first bytes show: ``wav``, ``mp3``, ``ogg``, ``flac``, ``aiff`` or ``""``.

    An MP3 has no magic number of its own: it begins with an ID3v2 tag or with an MPEG frame, eleven set
    bits followed by a version, layer, bit rate and sample rate that exist.
    """
    data = data[_tag_length(data) :] or data
    match data[:4]:
        case b"RIFF" | b"RF64" if data[8:12] == b"WAVE":
            return "wav"
        case b"FORM" if data[8:12] in (b"AIFF", b"AIFC"):
            return "aiff"
        case b"OggS":
            return "ogg"
        case b"fLaC":
            return "flac"
    return "mp3" if data[:3] == b"ID3" or _is_mpeg_frame(data[:4]) else ""


def _is_mpeg_frame(head: bytes) -> bool:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bit_rate not in (0, 15) and sample_rate != 3


def _tag_length(data: bytes) -> int:
    """Bytes of a leading ID3v2 tag: ten, and a length in four times seven bits (ID3v2.4, section 3.1)."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    length = 0
    for byte in data[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length + (10 if data[5] & 0x10 else 0)


def _subtype(data: bytes) -> str:
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        return str(file.subtype)
