"""What an audio file is by its first bytes; its name may say anything."""

from __future__ import annotations

from dataclasses import dataclass

from sounds.formats import FORMATS

HEAD_BYTES = 4096
"""So many of the first bytes are enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A kind of file that holds sound.

    Attributes
    ----------
    suffixes
        How such files end, the usual way first.
    demuxer
        ffmpeg's name of what takes it apart; empty where libsndfile reads it by itself.
    """

    suffixes: tuple[str, ...]
    mime_type: str
    demuxer: str = ""

    def suffix_for(self, name: str) -> str:
        """The suffix of a file's name if such files may end so, or the usual one."""
        suffix = name.rpartition(".")[2].lower()
        return suffix if suffix in self.suffixes else self.suffixes[0]


CONTAINERS = {
    "wav": Container(suffixes=("wav",), mime_type=FORMATS["wav"].mime_type),
    "mp3": Container(suffixes=("mp3",), mime_type=FORMATS["mp3"].mime_type),
    "ogg": Container(suffixes=("ogg", "oga", "opus"), mime_type=FORMATS["ogg"].mime_type),
    "flac": Container(suffixes=("flac",), mime_type=FORMATS["flac"].mime_type),
    "aiff": Container(suffixes=("aiff", "aif", "aifc"), mime_type="audio/aiff"),
    "mp4": Container(
        suffixes=("m4a", "mp4", "m4b", "m4r", "mov", "3gp"), mime_type=FORMATS["m4a"].mime_type, demuxer="mov"
    ),
    "matroska": Container(
        suffixes=("webm", "mka", "mkv"), mime_type=FORMATS["webm"].mime_type, demuxer="matroska"
    ),
    "aac": Container(suffixes=("aac",), mime_type="audio/aac", demuxer="aac"),
    "asf": Container(suffixes=("wma", "asf"), mime_type="audio/x-ms-wma", demuxer="asf"),
    "amr": Container(suffixes=("amr",), mime_type="audio/amr", demuxer="amr"),
    "caf": Container(suffixes=("caf",), mime_type="audio/x-caf", demuxer="caf"),
    "wavpack": Container(suffixes=("wv",), mime_type="audio/x-wavpack", demuxer="wv"),
}

_BEGINNINGS = {
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"\x1aE\xdf\xa3": "matroska",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
    b"#!AMR": "amr",
    b"caff": "caf",
    b"wvpk": "wavpack",
}


MIME_TYPES = {suffix: row.mime_type for row in CONTAINERS.values() for suffix in row.suffixes}
"""Of every suffix that a file we give out may have."""


def container_name(head: bytes) -> str:
    """The name in `CONTAINERS` of what begins with these bytes, or ``""``.

    An MP3 has no magic number of its own: it begins with an ID3v2 tag or with an MPEG frame, eleven set
    bits followed by a version, layer, bit rate and sample rate that exist.
    """
    head = head[tag_length(head) :] or head
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] == b"ftyp":
        return "mp4"
    for beginning, name in _BEGINNINGS.items():
        if head.startswith(beginning):
            return name
    if head[:3] == b"ID3" or _is_mpeg_frame(head[:4]):
        return "mp3"
    return "aac" if _is_adts_frame(head[:4]) else ""


def tag_length(data: bytes) -> int:
    """Bytes of a leading ID3v2 tag: ten, and a length in four times seven bits (ID3v2.4, section 3.1)."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    length = 0
    for byte in data[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length + (10 if data[5] & 0x10 else 0)


def _is_mpeg_frame(head: bytes) -> bool:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bit_rate not in (0, 15) and sample_rate != 3


def _is_adts_frame(head: bytes) -> bool:
    """Twelve set bits, layer 0, and a sample rate that exists (ISO/IEC 13818-7, section 6.2)."""
    return len(head) == 4 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < 13
