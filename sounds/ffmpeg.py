"""The programme ffmpeg, where it is installed: for formats that libsndfile neither reads nor writes."""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jobs.errors import JobFailed

logger = logging.getLogger(__name__)

READ_WITHIN_S = 60.0
LARGEST_BLOCK_BYTES = 256 * 1024 * 1024
"""A damaged file can claim anything."""
LOOK_EVERY_S = 0.2

_CODECS = {
    # MP4 as Apple's players want it, its index first so that it plays while it still loads.
    "m4a": ("ipod", "aac", "192k", ["-movflags", "+faststart"]),
    "webm": ("webm", "libopus", "128k", []),
}
"""Format to what ffmpeg calls its container and its codec, bit rate, and more."""
_THE_SAME_ALWAYS = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]


def found() -> str:
    """Where ffmpeg lies, or ``""``."""
    return shutil.which("ffmpeg") or ""


def encode(source: Path, target: Path) -> None:
    """Write the WAV file `source` anew in the format that `target` is named for; raises `JobFailed`."""
    # Only here: a worker that never needs it stays as small as it was.
    from pydub import AudioSegment  # type: ignore[import-untyped]
    from pydub.exceptions import CouldntEncodeError  # type: ignore[import-untyped]

    container, codec, bit_rate, more = _CODECS[target.suffix.removeprefix(".")]
    AudioSegment.converter = _needed()
    sound = AudioSegment.from_wav(str(source))
    try:
        sound.export(
            str(target),
            format=container,
            codec=codec,
            bitrate=bit_rate,
            parameters=[*more, *_THE_SAME_ALWAYS],
        ).close()
    except CouldntEncodeError as error:
        logger.error("%s", error)
        raise JobFailed(
            f"ffmpeg could not write {target.suffix}; the worker's log has its words. Is it a full build?"
        ) from error


def to_wav(source: Path, target: Path, *, demuxer: str, longest_s: float, check: Callable[[], None]) -> None:
    """Write the first sound of a file that a stranger sent as WAV: 44.1 kHz, stereo, float32.

    The demuxer is named and no protocol but files is allowed, so that no playlist in it leads to other
    files or into the network. `check` is called a few times a second and may raise to end it.

    Raises
    ------
    JobFailed
        When ffmpeg cannot read it, or not in a minute.
    """
    limits = ["-nostdin", "-max_alloc", str(LARGEST_BLOCK_BYTES), "-threads", "1"]
    read = ["-protocol_whitelist", "file", "-f", demuxer, "-t", str(longest_s), "-i", f"file:{source}"]
    write = ["-map", "0:a:0", "-ac", "2", "-ar", "44100", "-c:a", "pcm_f32le", "-f", "wav", "-y"]
    command = [_needed(), "-hide_banner", "-v", "error", *limits, *read, *write, f"file:{target}"]
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words)
        try:
            code = _code_of(process, check)
        finally:
            process.kill()
            process.wait()
        if code:
            words.seek(0)
            logger.warning("ffmpeg: %s", words.read(2000).decode(errors="replace").strip())
            raise JobFailed("The file is damaged, or holds no sound: ffmpeg cannot read it.")


def _code_of(process: subprocess.Popen[bytes], check: Callable[[], None]) -> int:
    until = time.monotonic() + READ_WITHIN_S
    while True:
        try:
            return process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            check()
            if time.monotonic() > until:
                raise JobFailed("ffmpeg took too long to read the file; send it as WAV instead.") from None


def _needed() -> str:
    if ffmpeg := found():
        return ffmpeg
    raise JobFailed("ffmpeg is not installed where the workers run; install it and try again.")
