"""What is in an audio file, as plain data: readable where numpy is not to be loaded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What an audio file holds, by its bytes and by its sound.

    ``format`` comes from the magic bytes (``wav``, ``mp3``, ``ogg``, ``flac``, ``aiff`` or ``""``),
    ``subtype`` is libsndfile's (``PCM_16``, ``VORBIS`` …). Silences are measured against −35 dBFS, as
    the CESP registry does; ``onset_s`` is the start of the first 5 ms frame within 40 dB of the peak.
    ``bit_rate_kbps`` is 0 for formats that lose nothing. ``error`` is a sentence when the file cannot
    be decoded; the sound's figures are then 0.
    """

    bytes: int
    sha256: str
    format: str
    subtype: str = ""
    sample_rate_hz: int = 0
    channels: int = 0
    duration_s: float = 0.0
    bit_rate_kbps: float = 0.0
    loudness_lufs: float = 0.0
    true_peak_dbtp: float = 0.0
    onset_s: float = 0.0
    leading_silence_s: float = 0.0
    trailing_silence_s: float = 0.0
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
