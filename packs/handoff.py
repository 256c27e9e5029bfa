"""Handing a built pack to the person who asked for it."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from ccbell_site.terminal import python_command, table
from packs.errors import BuildError
from packs.models import Build, BuildItem


@dataclass(frozen=True, slots=True)
class Handed:
    """A build and the copy of its zip that the person asked for."""

    build: Build
    path: Path


def writable(folder: Path) -> Path:
    """The folder, made and tried; raises `BuildError` before any work is done for nothing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".ccbell-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BuildError(
            f"The output folder {folder} cannot be written ({error.strerror}); choose another with --out."
        ) from error
    return folder


def deliver(build: Build, folder: Path) -> Handed:
    """Copy a build's zip to where it was asked for, whole or not at all."""
    path = folder / build.file_name
    partial = path.with_suffix(".part")
    try:
        shutil.copyfile(build.bring(), partial)
        partial.replace(path)
    except OSError as error:
        raise BuildError(f"The pack cannot be copied to {path} ({error.strerror}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return Handed(build, path)


def as_json(handed: Handed) -> str:
    """Everything a script may want to know of the result."""
    build = handed.build
    return json.dumps(
        {
            "pack": build.pack.slug,
            "version": build.version,
            "zip": str(handed.path),
            "bytes": build.zip_bytes,
            "sha256": build.zip_sha256,
            "content_sha256": build.content_sha256,
            "valid": build.report["valid"],
            "gate": build.report["gate"],
            "badge": build.report["badge"],
            "sounds": [_row(item.hook, item.sound) for item in _items(build)],
        },
        indent=2,
        ensure_ascii=False,
    )


def as_text(handed: Handed) -> str:
    """A table of the sounds, the verdict, and what to do next."""
    build = handed.build
    heads = ["hook", "duration", "loudness", "true peak", "quality", "file"]
    rows = [
        [
            item.hook,
            f"{item.sound.duration_s:.2f} s",
            f"{item.sound.loudness_lufs:.1f} LUFS",
            f"{item.sound.true_peak_dbtp:.1f} dBTP",
            str(item.sound.quality),
            f"sounds/{item.hook}.wav",
        ]
        for item in _items(build)
    ]
    path, folder = (shlex.quote(str(place)) for place in (handed.path, handed.path.with_suffix("")))
    badge = "even, quick and clean" if build.report["badge"] else "not every sound earns our badge"
    return "\n".join(
        [
            table(heads, rows, right=heads[1:5]),
            "",
            f"{handed.path}  ({build.zip_bytes / 1e6:.1f} MB, version {build.version}, "
            f"registry gate: {build.report['gate']}, {badge})",
            "",
            f"Listen    {python_command()} -m zipfile -e {path} {folder}  and play sounds/*.wav",
            f"          or: make run, then http://localhost:8000/packs/{build.pack.slug}/",
            f"Install   python3 {path} --for ccbell  (or cesp, or claude-code)",
            f"Check     {python_command()} manage.py validate_pack {path}",
        ]
    )


def _items(build: Build) -> QuerySet[BuildItem]:
    return build.items.select_related("sound").order_by("id")


def _row(hook: str, sound: Any) -> dict[str, Any]:
    return {
        "hook": hook,
        "uuid": str(sound.uuid),
        "file": f"sounds/{hook}.wav",
        "duration_s": sound.duration_s,
        "loudness_lufs": sound.loudness_lufs,
        "intended_lufs": sound.intended_lufs,
        "true_peak_dbtp": sound.true_peak_dbtp,
        "quality": sound.quality,
        "reasons": sound.quality_reasons,
        "engine": sound.engine,
        "seed": sound.seed,
        "prompt": sound.brief["prompt"],
    }
