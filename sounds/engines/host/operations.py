"""What the render host does for a worker: plain data in, files on disk and plain data out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sounds.brief import Brief

if TYPE_CHECKING:
    from sounds.engines.base import Engine

Report = Callable[[float, str], None]
"""``report(fraction, message)``; raises `Cancelled` when the job is to stop."""


class Cancelled(Exception):
    """The worker wants this operation to end."""


def render(engine: Engine, report: Report, *, brief: dict[str, Any], folder: str, formats: list[str]) -> Any:
    """Make one sound: raw audio → master → measures → files in `folder`.

    Returns
    -------
    dict
        ``measures``, ``quality``, ``gain_db``, and ``files``: role, format, name, bytes, sha256 each.
    """
    from sounds.audio.encode import encode
    from sounds.audio.master import master
    from sounds.audio.measure import measure
    from sounds.audio.peaks import write_peaks
    from sounds.audio.quality import judge
    from sounds.audio.spectrogram import write_spectrogram

    plan = Brief.from_dict(brief)
    raw = next(engine.generate([plan], lambda _index, fraction, message: report(0.7 * fraction, message)))
    report(0.7, "mastering")
    mastered = master(raw, profile=plan.profile, duration_s=plan.duration_s, loudness_lufs=plan.loudness_lufs)
    audio = mastered.audio
    measures = measure(audio)
    quality = judge(measures, intended_lufs=plan.loudness_lufs)
    report(0.85, "encoding")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for format_ in ("wav", *(f for f in formats if f != "wav")):
        role = "master" if format_ == "wav" else "rendition"
        encode(audio, target / f"sound.{format_}", seed=plan.seed)
        files.append(_file(role, target / f"sound.{format_}"))
    write_peaks(audio, target / "peaks.json")
    write_spectrogram(audio, target / "spectrogram.png")
    files += [_file("picture", target / name) for name in ("peaks.json", "spectrogram.png")]
    return {
        "measures": measures.as_dict(),
        "quality": {"score": quality.score, "reasons": list(quality.reasons)},
        "gain_db": float(mastered.gain_db),
        "files": files,
    }


def transcode(engine: Engine, report: Report, *, source: str, target: str, seed: int) -> Any:
    """Encode a master once more into the format that `target` is named for."""
    from sounds.audio.decode import read
    from sounds.audio.encode import encode

    audio, rate_hz = read(Path(source))
    encode(audio, Path(target), seed=seed, rate_hz=rate_hz)
    return _file("rendition", Path(target))


def inspect(engine: Engine, report: Report, *, paths: list[str]) -> Any:
    """Measure audio files as a player would find them: one `FileReport` as a dict for each path."""
    from sounds.audio.inspect import inspect as inspect_file

    reports = []
    for number, path in enumerate(paths):
        report(number / len(paths), "measuring")
        reports.append(inspect_file(Path(path)).as_dict())
    return reports


def _file(role: str, path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {
        "role": role,
        "format": path.suffix.lstrip("."),
        "name": path.name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


OPERATIONS: dict[str, Callable[..., Any]] = {"render": render, "transcode": transcode, "inspect": inspect}
