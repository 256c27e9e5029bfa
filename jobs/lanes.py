"""Lanes that one worker keeps: what it has in memory for them serves their next job too.

Without this, workers would take turns at a lane, and each turn would load a large model anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from jobs.presence import Presence, is_present

PATIENCE_S = 2.0
"""Loading the model anew takes longer than that."""

_kept: dict[tuple[int, str], Presence] = {}


def open_to_us(lanes: Iterable[str]) -> list[str]:
    """Those of `lanes` that no other process keeps."""
    others = kept_by_others()
    return [lane for lane in lanes if lane not in others]


def keep(lane: str) -> bool:
    """Make a lane our own, if it is one to be kept; False when another process keeps it."""
    if lane not in settings.JOB_KEPT_LANES or _is_mine(lane):
        return True
    if is_present(_folder(), lane):
        return False
    try:
        _kept[os.getpid(), lane] = Presence(_folder(), lane)
    except FileExistsError:
        return False
    return True


def kept_by_others() -> list[str]:
    """Lanes that only another living process may work in."""
    return [lane for lane in settings.JOB_KEPT_LANES if not _is_mine(lane) and is_present(_folder(), lane)]


def is_busy_in(lane: str, seconds: float) -> None:
    """Say what we work in, and for how long: who is long elsewhere leaves the kept lanes to others."""
    if lane not in settings.JOB_KEPT_LANES and seconds > PATIENCE_S:
        release()


def release() -> None:
    """Keep no lane any more."""
    for key in [key for key in _kept if key[0] == os.getpid()]:
        _kept.pop(key).close()


def _is_mine(lane: str) -> bool:
    return (os.getpid(), lane) in _kept  # a fork keeps nothing of its parent's


def _folder() -> Path:
    return settings.RUN_DIR / "lanes"
