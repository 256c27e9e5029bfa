"""Who serves: web server and workers say that they run, and stay away while all they work on is replaced."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings

from jobs import worker
from jobs.presence import Presence, is_present, present

ALONE = "restore"


class OnDuty(Exception):
    """Somebody is there who must not be; the message says who, and what to do."""


@contextmanager
def on_duty(name: str) -> Iterator[None]:
    """Serve; raises `OnDuty` while somebody is `alone`.

    Each side says that it is there before it looks for the other, so never do both go on.
    """
    with closing(Presence(_folder(), f"{name}-{uuid.uuid4().hex}")):
        if is_present(settings.RUN_DIR, ALONE):
            raise OnDuty("A backup is being restored; start again when it is done.")
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Be the only one; raises `OnDuty` while somebody serves, works or is alone."""
    try:
        presence = Presence(settings.RUN_DIR, ALONE)
    except FileExistsError as error:
        raise OnDuty("Another restore is running; let it end.") from error
    with closing(presence):
        if names := {name.rpartition("-")[0] for name, _ in present(_folder())}:
            raise OnDuty(f"The studio is running ({', '.join(sorted(names))}); stop it first.")
        if worker.living_here():
            raise OnDuty("A command that makes sounds or packs is running; let it end, or stop it.")
        yield


def _folder() -> Path:
    return settings.RUN_DIR / "services"
