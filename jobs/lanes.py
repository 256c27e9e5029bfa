"""Lanes that one worker keeps: what it has in memory for them serves their next job too.

Without this, workers would take turns at a lane, and each turn would load a large model anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from jobs.presence import Presence, is_present

_kept: dict[tuple[int, str], Presence] = {}


def mine(lanes: Iterable[str]) -> list[str]:
    """Those of `lanes` that this process may work in; a kept lane becomes its own if it is nobody's."""
    return [lane for lane in lanes if lane not in settings.JOB_KEPT_LANES or _keep(lane)]


def kept_by_others() -> list[str]:
    """Lanes that only another living process may work in."""
    return [lane for lane in settings.JOB_KEPT_LANES if not _is_mine(lane) and is_present(_folder(), lane)]


def begin(lane: str) -> None:
    """Leave the kept lanes to others when work begins that may take long."""
    if lane in settings.JOB_LONG_LANES:
        release()


def release() -> None:
    """Keep no lane any more."""
    for key in [key for key in _kept if key[0] == os.getpid()]:
        _kept.pop(key).close()


def _keep(lane: str) -> bool:
    if _is_mine(lane):
        return True
    if is_present(_folder(), lane):
        return False
    try:
        _kept[os.getpid(), lane] = Presence(_folder(), lane)
    except FileExistsError:
        return False
    return True


def _is_mine(lane: str) -> bool:
    return (os.getpid(), lane) in _kept  # a fork keeps nothing of its parent's


def _folder() -> Path:
    return settings.RUN_DIR / "lanes"
