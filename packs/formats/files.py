"""Where the sounds lie in a pack, and what their names say."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from packs.content import PackContent, PackSound

FOLDER = "sounds"
FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""What CESP allows in a file's name (specification 1.0, section 4.3)."""
LARGEST_SOUND_BYTES = 1_000_000
"""CESP says 1 MB and not which; this is a megabyte by either reading."""
LARGEST_PACK_BYTES = 50_000_000

_FORMATS = {
    ".wav": "wav",
    ".mp3": "mp3",
    ".ogg": "ogg",
    ".flac": "flac",
    ".aiff": "aiff",
    ".aif": "aiff",
}


def sound_name(sound: PackSound, format_: str = "wav") -> str:
    """The bare name of a sound's file."""
    return f"{sound.hook}.{format_}"


def sound_path(sound: PackSound, format_: str = "wav") -> str:
    """The same from the root of the pack."""
    return f"{FOLDER}/{sound_name(sound, format_)}"


def sound_files(content: PackContent) -> dict[str, Path]:
    """Name in the pack to where the bytes lie now, for every format of every sound.

    Raises
    ------
    ValueError
        When there is no sound, two are for one hook, one has no WAV, or a hook's name fits no file.
    """
    if not content.sounds:
        raise ValueError(f"The pack {content.name} holds no sound; add at least one.")
    files: dict[str, Path] = {}
    for sound in content.sounds:
        if not FILE_NAME.fullmatch(sound.hook):
            raise ValueError(f"The hook “{sound.hook}” names a file; use letters, digits, . _ and - only.")
        if sound_path(sound) in files:
            raise ValueError(f"The pack {content.name} has two sounds for {sound.hook}; keep one.")
        if "wav" not in sound.files:
            raise ValueError(f"The sound for {sound.hook} has no WAV, which every pack needs.")
        files |= {sound_path(sound, format_): file.source for format_, file in sound.files.items()}
    return files


def audio_format(name: str) -> str:
    """The audio format that a file's suffix promises; ``""`` when it promises none."""
    return _FORMATS.get(PurePosixPath(name).suffix.lower(), "")
