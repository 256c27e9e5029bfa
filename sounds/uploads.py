"""Files that people send, by themselves or in packs: kept as they are, and made into sounds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from jobs.errors import JobFailed
from jobs.models import NewJob, Write
from jobs.registry import handler
from jobs.run import JobRun
from sounds import ffmpeg, store
from sounds.audio.magic import CONTAINERS, HEAD_BYTES, Container, container_name
from sounds.brief import Brief
from sounds.handlers import give, slot_of
from sounds.models import Slot, Sound
from sounds.models.sound import folder_of
from sounds.origins import IMPORT, UPLOAD, VERSION
from sounds.remaster import follow_up
from sounds.taking import taken

TAKE_IN = "sounds.take_in"
LARGEST_BYTES = 100 * 1024 * 1024
LARGEST_FORM_BYTES = LARGEST_BYTES + 1024**2
"""With what other fields and the wrapping of a form may come to."""
LOUDNESS_LUFS = -18.0
"""Of a sound for no particular hook."""
LOOK_S = 30.0
"""So much of a long file is converted; it is the beginning that becomes a sound."""


def folder() -> Path:
    """Where uploads wait for their job, made if need be; what a failed job leaves is for its retry."""
    path = settings.AUDIO_OUTPUT_DIR / "temp" / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


def container_of(head: bytes) -> Container | None:
    """What a file is by its first bytes; None for one that is no sound that anybody here could read."""
    return CONTAINERS.get(container_name(head[:HEAD_BYTES]))


def keep(arrived: Path, suffix: str) -> Path:
    """Put a file that arrived where its job finds it; raises `StoreError` as `store.keep` does."""
    kept = arrived.replace(folder() / f"{uuid.uuid4()}.{suffix}")
    store.hand_over(kept)
    return kept


def keep_copy(path: Path, suffix: str) -> Path:
    """The same with a file's bytes, while the file itself stays where it was."""
    kept = folder() / f"{uuid.uuid4()}.{suffix}"
    try:
        shutil.copyfile(path, kept)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    store.hand_over(kept)
    return kept


def take_in_job(
    kept: Path,
    *,
    title: str,
    hook: str = "",
    loudness_lufs: float = LOUDNESS_LUFS,
    duration_s: float | None = None,
    licence: str,
    attribution: str = "",
) -> NewJob:
    """The job that makes a sound of a kept file, of its own length if no `duration_s` is given."""
    brief = Brief(
        engine=UPLOAD,
        engine_version=VERSION,
        seed=0,
        duration_s=duration_s or 0.0,
        loudness_lufs=loudness_lufs,
        prompt=title,
        hook=hook,
    )
    payload = {"brief": brief.as_dict(), "licence": licence, "attribution": attribution}
    return _job(kept, title, payload)


def import_job(
    kept: Path,
    *,
    name: str,
    title: str,
    slot: Slot,
    loudness_lufs: float,
    choose: bool,
    remaster: bool,
    licence: str,
    attribution: str,
    provenance: Mapping[str, Any],
) -> NewJob:
    """The job that makes a take of `slot` of a kept file as it sounds; `name` is what its pack calls it.

    With `remaster` a child that is to earn the badge follows where the take itself does not.
    """
    brief = Brief(
        engine=IMPORT,
        engine_version=VERSION,
        seed=0,
        duration_s=0.0,
        loudness_lufs=loudness_lufs,
        prompt=provenance.get("prompt") or title,
        hook=slot.hook.slug if slot.hook else "",
        theme=provenance.get("theme", ""),
        variation=provenance.get("variation", ""),
    )
    payload = {
        "as_is": True,
        "name": name,
        "brief": brief.as_dict(),
        "slot": slot.pk,
        "choose": choose,
        "remaster": remaster,
        "licence": licence,
        "attribution": attribution,
        "provenance": dict(provenance),
    }
    return _job(kept, title, payload)


def _job(kept: Path, title: str, payload: dict[str, Any]) -> NewJob:
    return NewJob(kind=TAKE_IN, lane="procedural", label=title, payload={"file": kept.name, **payload})


@handler(TAKE_IN)
def take_in(run: JobRun) -> Write:
    """Make a sound of the payload's file; the file itself becomes the sound's original, byte for byte.

    It stays where it waited until the sound is written down, so that any attempt may be the last. What is
    taken in ``as_is`` is not mastered.
    """
    try:
        source = store.here(folder() / Path(run.payload["file"]).name)
    except FileNotFoundError as error:
        again = "import the pack" if run.payload.get("as_is") else "upload it"
        raise JobFailed(f"The uploaded file is gone; {again} again.") from error
    assert run.job.attempt_uuid
    place = folder_of(run.job.attempt_uuid)
    run.undo_with(lambda: store.let_go_folder(place))
    place.mkdir(parents=True, exist_ok=True)
    original = _linked(source, place / f"original{source.suffix}")
    brief, as_is = Brief.from_dict(run.payload["brief"]), run.payload.get("as_is", False)
    op, more = ("take_in_as_is", {"name": run.payload["name"]}) if as_is else ("take_in", {})
    with _readable(run, place / original["name"]) as readable:
        result, brief = taken(run, op, brief, readable, place, original["sha256"], **more)
    store.keep(place / original["name"])
    result["files"].append(original)

    def write() -> dict[str, Any]:
        slot = slot_of(run)
        sound = Sound.objects.record(
            job=run.job,
            brief=brief,
            slot=slot,
            result=result,
            licence=run.payload["licence"],
            attribution=run.payload["attribution"],
            provenance=run.payload.get("provenance"),
        )
        transaction.on_commit(lambda: store.let_go(source), robust=True)
        given = give(run, slot, sound)
        if run.payload.get("remaster") and slot:
            follow_up(run, sound, slot)
        return given

    return write


def _linked(source: Path, target: Path) -> dict[str, Any]:
    """Have a file's bytes under another name too, not copied where the disk can; see `AudioFile.of`."""
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "role": "original",
        "format": target.suffix.removeprefix("."),
        "name": target.name,
        "bytes": target.stat().st_size,
        "sha256": sha256,
    }


@contextmanager
def _readable(run: JobRun, original: Path) -> Iterator[Path]:
    """The file as libsndfile can read it: itself, or for as long as it is needed a WAV that ffmpeg makes."""
    with original.open("rb") as file:
        container = container_of(file.read(HEAD_BYTES))
    if container is None:
        raise JobFailed("The file is not audio; upload a WAV, FLAC, OGG, MP3 or AIFF file.")
    if not container.demuxer:
        yield original
        return
    run.progress(0.05, "converting")
    converted = settings.AUDIO_OUTPUT_DIR / "temp" / f"{run.job.attempt_uuid}.wav"
    try:
        ffmpeg.to_wav(original, converted, demuxer=container.demuxer, longest_s=LOOK_S, check=run.check)
        yield converted
    finally:
        with contextlib.suppress(OSError):
            converted.unlink()
