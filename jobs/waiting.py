"""Requests that wait for what they asked for: a few at a time, so that the others find the server free."""

from __future__ import annotations

import threading
import time

from jobs.models import Batch

MOST_AT_ONCE = 32
LONGEST_S = 60.0
FIRST_LOOK_S, LAST_LOOK_S = 0.02, 0.1

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def wait(batch: Batch, seconds: float) -> bool:
    """Wait until all jobs of a batch have ended; whether they have.

    Returns at once for 0 seconds, and when too many requests wait already.
    """
    if seconds <= 0 or not _places.acquire(blocking=False):
        return _has_ended(batch)
    try:
        return _watch(batch, time.monotonic() + min(seconds, LONGEST_S))
    finally:
        _places.release()


def _watch(batch: Batch, until: float) -> bool:
    """Look often at first, as most sounds take a moment, and less often later."""
    pause_s = FIRST_LOOK_S
    while not _has_ended(batch):
        left_s = until - time.monotonic()
        if left_s <= 0:
            return False
        time.sleep(min(pause_s, left_s))
        pause_s = min(1.2 * pause_s, LAST_LOOK_S)
    return True


def _has_ended(batch: Batch) -> bool:
    return not batch.jobs.unfinished().exists()
