"""The identity of this process as a worker, and whether another still lives."""

from __future__ import annotations

import logging
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from jobs import machine
from jobs.presence import Presence, is_present, present, sweep

logger = logging.getLogger(__name__)

_presence: tuple[int, Presence] | None = None


def folder() -> Path:
    return settings.RUN_DIR / "workers"


def name() -> str:
    """The name under which this process claims jobs; it lives exactly as long as the process.

    Where several machines share the database, theirs comes after an @ sign.
    """
    global _presence
    if _presence is None or _presence[0] != os.getpid():  # a fork is somebody else
        _presence = os.getpid(), Presence(folder(), f"worker-{uuid.uuid4().hex}")
    return _presence[1].name + (f"@{machine.name()}" if settings.IS_SHARED else "")


def give_up() -> None:
    """Stop being who this process was: jobs that it still holds count as lost from now on."""
    global _presence
    if _presence and _presence[0] == os.getpid():
        _presence[1].close()
    _presence = None


def is_alive(worker: str) -> bool:
    """Whether that worker lives; on another machine, whether that machine does."""
    from jobs.models import Machine

    here, _, elsewhere = worker.partition("@")
    if elsewhere and elsewhere != machine.name():
        return Machine.objects.filter(name=elsewhere).exists()
    return bool(here) and is_present(folder(), here)


def living_here() -> int:
    """How many workers live on this machine."""
    return sum(1 for _ in present(folder()))


def on_worker_start(**_: Any) -> None:
    """A django-q2 worker begins, perhaps in the place of one that was killed."""
    from jobs import reaper, tasks
    from jobs.models import Job, Status

    name()
    sweep(folder())
    try:
        reaper.reap()
        if Job.objects.filter(status=Status.QUEUED).exists():
            tasks.wake()
    except DatabaseError as error:  # it comes back, and the reminder does the same then
        logger.warning("A worker begins while the database is away: %s", error)
