"""The identity of this process as a worker, and whether another still lives."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.presence import Presence, is_present, sweep

_presence: tuple[int, Presence] | None = None


def folder() -> Path:
    return settings.RUN_DIR / "workers"


def name() -> str:
    """The name under which this process claims jobs; it lives exactly as long as the process."""
    global _presence
    if _presence is None or _presence[0] != os.getpid():  # a fork is somebody else
        _presence = os.getpid(), Presence(folder(), f"worker-{uuid.uuid4().hex}")
    return _presence[1].name


def give_up() -> None:
    """Stop being who this process was: jobs that it still holds count as lost from now on."""
    global _presence
    if _presence and _presence[0] == os.getpid():
        _presence[1].close()
    _presence = None


def is_alive(worker: str) -> bool:
    return bool(worker) and is_present(folder(), worker)


def on_worker_start(**_: Any) -> None:
    """A django-q2 worker begins, perhaps in the place of one that was killed."""
    from jobs import reaper, tasks
    from jobs.models import Job, Status

    name()
    sweep(folder())
    reaper.reap()
    if Job.objects.filter(status=Status.QUEUED).exists():
        tasks.wake()
