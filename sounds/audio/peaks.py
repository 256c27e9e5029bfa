"""The outline of a sound, so that a page can draw its waveform without decoding it."""

from __future__ import annotations

import json
import string
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sounds.audio.atomic import write_atomically
from sounds.audio.shape import as_frames

BUCKETS = 400
OUTLINE_BARS = 96
_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_DIGITS = 3  # a thousandth is less than a pixel of any waveform


def peaks(audio: npt.ArrayLike, *, buckets: int = BUCKETS) -> list[float]:
    """The largest magnitude in each of `buckets` equal parts, over all channels, 0 … 1.

    One list of maxima is what wavesurfer.js draws from ``peaks: [list]``: it takes magnitudes anyway
    and mirrors a single channel. There are never more buckets than frames; no frames, no peaks.
    """
    sound = as_frames(audio)
    frames = len(sound)
    if not sound.size or buckets < 1:
        return []
    envelope = np.abs(np.ascontiguousarray(sound.T)).max(axis=0)
    count = min(buckets, frames)
    starts = np.arange(count) * frames // count
    return [round(float(peak), _DIGITS) for peak in np.maximum.reduceat(envelope, starts)]


def outline(audio: npt.ArrayLike) -> str:
    """The same in `OUTLINE_BARS` letters, for lists of many sounds.

    Each stands for the digit it is in base 64, A being silence and / the loudest part of this sound.
    """
    bars = peaks(audio, buckets=OUTLINE_BARS)
    loudest = max(bars, default=0.0) or 1.0
    return "".join(_ALPHABET[round(bar / loudest * 63)] for bar in bars)


def write_peaks(audio: npt.ArrayLike, path: Path | str, *, buckets: int = BUCKETS) -> None:
    """Write `peaks` as a JSON list (about 2 kB), whole or not at all; ``OSError`` as the system says it."""
    write_atomically(Path(path), json.dumps(peaks(audio, buckets=buckets), separators=(",", ":")).encode())
