"""Removing what came to nothing: folders that belong to no sound and to no running job.

A killed worker cannot clean up behind itself, and a power cut can take rows whose files stay.
"""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Cast

from jobs.checkpoint import checkpoint
from jobs.models import Job, Status
from jobs.presence import Presence
from sounds import store
from sounds.models import Sound

logger = logging.getLogger(__name__)


def sweep_orphans() -> int:
    """Remove folders below ``generated`` of this disk that nobody owns; how many there were."""
    orphans, strange = find_orphans()
    if strange:
        logger.warning("%s", told_of(strange))
    if orphans:
        _have_rows_confirmed()
        for folder in orphans:  # clean-up finds what a shared store has of them, and asks it once for all
            shutil.rmtree(folder, ignore_errors=True)
    return len(orphans)


def find_orphans() -> tuple[list[Path], list[Path]]:
    """Folders below ``generated`` that belong to no running job, and to no sound that has files.

    Second are those that are older than this database, so that they are of another one: its disk may not
    be there, or a setting may name another place. Nobody may remove them.

    Folders are listed before the database is asked: an attempt's uuid is written down before its folder
    is made, so none of a job that begins meanwhile can be mistaken.
    """
    drawers = {drawer: os.listdir(drawer) for drawer in _drawers()}
    attempts = _attempts()  # before the sounds: a job that ends in between is found among those
    orphans = [path for drawer, names in drawers.items() for path in _orphans(drawer, names, attempts)]
    began = beginning().timestamp() if orphans else 0
    older = {path for path in orphans if _is_older(path, began)}
    return [path for path in orphans if path not in older], sorted(older)


def beginning() -> datetime:
    """When this database was begun: it cannot know of what is older than that."""
    recorded = MigrationRecorder(connection).migration_qs
    first: datetime = recorded.aggregate(first=models.Min("applied"))["first"]
    return first


def told_of(strange: Sequence[Path]) -> str:
    """What is to be said of folders that are older than the database."""
    return (
        f"{len(strange):,} folders in {settings.AUDIO_OUTPUT_DIR} belong to no sound, but stay, as they are "
        f"older than the database: is {settings.DATA_DIR} the right DATA_DIR, and is its disk there?"
    )


def remove(*folders: Path) -> None:
    """Remove folders whose rows are gone, once no power cut can bring those back without their files."""
    _have_rows_confirmed()
    store.let_go_folder(*folders)


def _have_rows_confirmed() -> None:
    if not connection.in_atomic_block:
        checkpoint()  # it has the disk confirm the log first


def on_worker_start(**_: Any) -> None:
    """Remove what dead workers left; one worker at a time, and none fails to start for it."""
    try:
        presence = Presence(settings.RUN_DIR, "sweep")
    except OSError:  # another one does it, or the disk is full
        return
    try:
        if number := sweep_orphans():
            logger.warning("%s folders of sounds that were never finished are removed.", number)
    except (DatabaseError, OSError):
        logger.exception("The audio folder could not be swept")
    finally:
        presence.close()


def _drawers() -> list[Path]:
    """The folders of sounds' folders, each named for the two digits that a uuid begins with."""
    generated = settings.AUDIO_OUTPUT_DIR / "generated"
    return [path for path in sorted(generated.glob("[0-9a-f][0-9a-f]")) if path.is_dir()]


def _attempts() -> set[str]:
    running = Job.objects.filter(status=Status.RUNNING)
    return {uuid_.hex for uuid_ in running.values_list("attempt_uuid", flat=True) if uuid_}


def _orphans(drawer: Path, names: list[str], attempts: set[str]) -> Iterator[Path]:
    """What nobody owns in a drawer, which holds a 256th of all sounds; the drawer itself stays.

    Somebody may be about to make a folder in it.
    """
    owned = attempts | _sounds_in(drawer.name)
    for name in names:
        if name.replace("-", "") not in owned and store.is_a_uuid(name):
            yield drawer / name


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.lstat().st_mtime < moment
    except FileNotFoundError:  # somebody was faster
        return False


def _sounds_in(drawer: str) -> set[str]:
    """The uuids of sounds with files that begin with two digits, without dashes.

    Not of those that were cleaned up: a power cut may have come before their files went.
    """
    ends = uuid.UUID(drawer + 30 * "0"), uuid.UUID(drawer + 30 * "f")
    # As text: to make objects of a hundred thousand would take longer than all the rest.
    text = Cast("uuid", models.CharField())
    found = Sound.objects.filter(uuid__range=ends, cleaned_at=None).order_by().values_list(text, flat=True)
    return {value.replace("-", "") for value in found}
