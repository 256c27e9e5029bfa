"""Sounds in other formats: made from the master when somebody asks, once, and kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.errors import JobFailed
from jobs.models import Job, NewJob, Tier, Write
from jobs.registry import handler
from jobs.run import JobRun
from sounds import ffmpeg, store
from sounds.formats import FORMATS, Writer
from sounds.hosts import host_of
from sounds.models import AudioFile, Sound

RENDITION = "sounds.rendition"


def order(sound: Sound, format_: str, *, owner: Any = None, tier: Tier = Tier.STANDARD) -> Job:
    """Queue the job that makes `sound` in a format, or join the one that somebody asked for before."""
    payload = {"sound": sound.pk, "format": format_}
    waiting = Job.objects.unfinished().filter(
        kind=RENDITION, payload__sound=sound.pk, payload__format=format_
    )
    if job := waiting.select_related("batch").first():
        return job
    new = NewJob(kind=RENDITION, lane="procedural", label=f"{sound} as {format_}"[:200], payload=payload)
    return Job.objects.submit([new], owner=owner, tier=tier).jobs.select_related("batch").get()


@handler(RENDITION)
def make(run: JobRun) -> Write:
    """Write the payload's sound in the payload's format.

    It is written elsewhere and takes its place together with its row, so twins harm nothing.
    """
    sound = _sound(run)
    format_ = str(run.payload["format"])
    target = settings.AUDIO_OUTPUT_DIR / "temp" / f"{run.job.attempt_uuid}.{format_}"
    target.parent.mkdir(parents=True, exist_ok=True)
    run.undo_with(lambda: target.unlink(missing_ok=True))
    run.progress(0.1, f"encoding {format_}")
    _encode(run, sound, target)
    made = {"role": "rendition", "format": format_, "name": f"sound.{format_}", **_described(target)}
    store.keep_as(target, sound.folder / made["name"])

    def write() -> dict[str, Any]:
        _keep(AudioFile.of(_sound(run), made), target)
        return {"sound": str(sound.uuid), "format": format_}

    return write


def _sound(run: JobRun) -> Sound:
    sound = Sound.objects.filter(pk=run.payload["sound"]).first()
    if sound is None:
        raise JobFailed("The sound was deleted meanwhile.")
    if sound.cleaned_at:
        raise JobFailed("The sound's files were cleaned up; make it again.")
    return sound


def _encode(run: JobRun, sound: Sound, target: Path) -> None:
    master = sound.file("wav")
    if master is None or not master.is_whole:
        raise JobFailed("The sound's file was cleaned up; generate it again.")
    if FORMATS[run.payload["format"]].writer is Writer.FFMPEG:
        ffmpeg.encode(master.location, target)
    else:
        host_of().call(
            "transcode",
            deadline=run.deadline,
            check=run.check,
            source=str(master.location),
            target=str(target),
            seed=sound.seed,
        )


def _keep(file: AudioFile, made: Path) -> None:
    """Move what was made to its place and write its row, unless a twin was faster."""
    key: dict[str, Any] = {"sound": file.sound, "role": file.role, "format": file.format}
    twin = AudioFile.objects.filter(**key).first()
    if twin and twin.is_whole:
        made.unlink(missing_ok=True)
        return
    values = {"path": file.path, "bytes": file.bytes, "sha256": file.sha256}
    AudioFile.objects.update_or_create(**key, defaults=values)
    os.replace(made, file.location)


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": sha256}
