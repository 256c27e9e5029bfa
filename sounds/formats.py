"""The formats sounds are given out in: one table, readable without numpy and without Django."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Writer(Enum):
    """Who writes a format: the render host, with libsndfile, or the programme ffmpeg where there is one."""

    HOST = "host"
    FFMPEG = "ffmpeg"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFormat:
    """A format, named as its files end."""

    suffix: str
    mime_type: str
    lossless: bool = False
    writer: Writer = Writer.HOST


FORMATS = {
    row.suffix: row
    for row in (
        AudioFormat(suffix="wav", mime_type="audio/wav", lossless=True),
        AudioFormat(suffix="mp3", mime_type="audio/mpeg"),
        AudioFormat(suffix="ogg", mime_type="audio/ogg"),
        AudioFormat(suffix="flac", mime_type="audio/flac", lossless=True),
        AudioFormat(suffix="m4a", mime_type="audio/mp4", writer=Writer.FFMPEG),
        AudioFormat(suffix="webm", mime_type="audio/webm", writer=Writer.FFMPEG),
    )
}
"""Suffix to format; the master's first."""

HOST_FORMATS = tuple(suffix for suffix, row in FORMATS.items() if row.writer is Writer.HOST)
"""Those that need nothing installed."""

BESIDE_MASTER = ("mp3",)
"""What is made along with a sound: packs hold that, and every browser plays it."""
