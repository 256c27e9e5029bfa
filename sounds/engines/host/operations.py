"""What the render host does for a worker: plain data in, files on disk and plain data out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S, SAMPLE_RATE_HZ, Brief
from sounds.engines.host.watch import Cancelled, Part, Watch

if TYPE_CHECKING:
    import numpy as np

    from sounds.engines.base import Engine

RAW_SHARE = 0.7
"""Of the way to a sound, the part that the engine goes."""
LONGEST_AS_IS_S = 30.0
"""A sound that is kept as it is may be this long."""


def render(engine: Engine, watch: Watch, *, sounds: Sequence[dict[str, Any]]) -> None:
    """Make sounds, each as it comes: raw audio → master → measures → files in its folder.

    ``sounds`` holds a ``brief``, a ``folder`` and ``formats`` each. What is handed over for a sound is its
    ``measures``, ``quality``, ``gain_db``, and ``files``: role, format, name, bytes, sha256 each.
    """
    watch.expect(len(sounds))
    briefs = [Brief.from_dict(sound["brief"]) for sound in sounds]
    for index, raw in enumerate(engine.generate(briefs, Part(watch, RAW_SHARE))):
        if raw is None or not watch.wants(index):
            continue
        try:
            if isinstance(raw, Exception):
                raise raw
            folder, formats = Path(sounds[index]["folder"]), sounds[index]["formats"]
            watch.made(index, _finish(raw, briefs[index], folder, formats, index, watch))
        except Cancelled:
            raise
        except Exception as error:
            watch.failed(index, error)


def _finish(
    raw: np.ndarray, brief: Brief, folder: Path, formats: list[str], index: int, watch: Watch
) -> dict[str, Any]:
    from sounds.audio.encode import encode
    from sounds.audio.master import master

    watch(index, RAW_SHARE, "mastering")
    mastered = master(
        raw, profile=brief.profile, duration_s=brief.duration_s, loudness_lufs=brief.loudness_lufs
    )
    watch(index, 0.85, "encoding")
    folder.mkdir(parents=True, exist_ok=True)
    for format_ in {"wav", *formats}:
        encode(mastered.audio, folder / f"sound.{format_}", seed=brief.seed)
    return _described(mastered.audio, brief, folder, formats) | {"gain_db": float(mastered.gain_db)}


def _described(audio: np.ndarray, brief: Brief, folder: Path, formats: list[str]) -> dict[str, Any]:
    """Measure and draw a sound whose master and renditions lie in their folder; see `render`."""
    from sounds.audio.atomic import confirm
    from sounds.audio.measure import measure
    from sounds.audio.peaks import outline, write_peaks
    from sounds.audio.quality import judge
    from sounds.audio.spectrogram import write_spectrogram

    measures = measure(audio)
    quality = judge(measures, intended_lufs=brief.loudness_lufs)
    renditions = [format_ for format_ in formats if format_ != "wav"]
    files = [_file("master", folder / "sound.wav")]
    files += [_file("rendition", folder / f"sound.{format_}") for format_ in renditions]
    write_peaks(audio, folder / "peaks.json")
    write_spectrogram(audio, folder / "spectrogram.png")
    files += [_file("picture", folder / name) for name in ("peaks.json", "spectrogram.png")]
    confirm(folder)
    return {
        "measures": measures.as_dict() | {"outline": outline(audio)},
        "quality": {"score": quality.score, "reasons": list(quality.reasons)},
        "files": files,
    }


def transcode(engine: Engine, watch: Watch, *, source: str, target: str, seed: int) -> Any:
    """Encode a master once more into the format that `target` is named for."""
    from sounds.audio.decode import read
    from sounds.audio.encode import encode

    audio, rate_hz = read(Path(source))
    encode(audio, Path(target), seed=seed, rate_hz=rate_hz)
    return _file("rendition", Path(target))


def take_in(
    engine: Engine, watch: Watch, *, source: str, folder: str, brief: dict[str, Any], formats: list[str]
) -> Any:
    """Make of somebody's file what `render` makes of an engine's sound; the results are the same.

    A brief of 0 seconds takes the sound's own length, as far as a sound may be short or long.
    """
    from sounds.audio.excerpt import excerpt

    watch.step(0.1, "decoding")
    wanted = Brief.from_dict(brief)
    raw = excerpt(source, longest_s=wanted.duration_s or MAX_DURATION_S)
    if not wanted.duration_s:
        own_s = len(raw) / SAMPLE_RATE_HZ
        wanted = replace(wanted, duration_s=min(max(own_s, MIN_DURATION_S), MAX_DURATION_S))
    return _finish(raw, wanted, Path(folder), formats, 0, watch)


def take_in_as_is(
    engine: Engine,
    watch: Watch,
    *,
    source: str,
    folder: str,
    brief: dict[str, Any],
    formats: list[str],
    name: str,
) -> Any:
    """The same of a file that is to stay as it sounds, called `name` in sentences.

    What is a master already, or in one of the formats, is taken byte for byte; else the master is a plain
    conversion. The measures are those of the master as it lies.
    """
    from sounds.audio.atomic import write_atomically
    from sounds.audio.decode import read
    from sounds.audio.encode import encode
    from sounds.audio.excerpt import is_master, whole

    watch.step(0.1, "decoding")
    path, place, wanted = Path(source), Path(folder), Brief.from_dict(brief)
    audio = whole(path, longest_s=LONGEST_AS_IS_S, name=name)
    place.mkdir(parents=True, exist_ok=True)
    watch.step(RAW_SHARE, "encoding")
    for format_ in {"wav", *formats}:
        target = place / f"sound.{format_}"
        if is_master(path) if format_ == "wav" else path.suffix == f".{format_}":
            write_atomically(target, path.read_bytes())
        else:
            encode(audio, target, seed=wanted.seed)
    return _described(read(place / "sound.wav")[0], wanted, place, formats) | {"gain_db": 0.0}


def inspect(engine: Engine, watch: Watch, *, paths: list[str]) -> Any:
    """Measure audio files as a player would find them: one `FileReport` as a dict for each path."""
    from sounds.audio.inspect import inspect as inspect_file

    reports = []
    for number, path in enumerate(paths):
        watch.step(number / len(paths), "measuring")
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


OPERATIONS: dict[str, Callable[..., Any]] = {
    "render": render,
    "transcode": transcode,
    "take_in": take_in,
    "take_in_as_is": take_in_as_is,
    "inspect": inspect,
}
