"""The web server leaves moving the log into the database to the workers."""

from __future__ import annotations

import pytest

from tests.support.studio import Studio, about_sqlite

pytestmark = [pytest.mark.slow, about_sqlite]

WRITE = """
import os, sys, time
from django.conf import settings
from jobs.checkpoint import leave_to_others
if {leave}:
    leave_to_others()
from jobs.models import Batch
for pause in {pauses}:
    for number in range(1000):
        Batch.objects.create(label=str(number))
    print(os.path.getsize(str(settings.DATABASES["default"]["NAME"]) + "-wal"))
    time.sleep(pause)
"""
MB = 1_000_000


def log_sizes(studio: Studio, *, leave: bool, pauses: tuple[float, ...] = (0,)) -> list[int]:
    """How large the log is after each thousand writes."""
    told = studio.python(WRITE.format(leave=leave, pauses=pauses)).stdout
    return [int(line) for line in told.split()]


def test_who_writes_moves_it_himself_unless_he_leaves_it_to_others(studio):
    (usual,) = log_sizes(studio, leave=False)
    (left,) = log_sizes(studio, leave=True)
    assert usual < 5 * MB < left


def test_workers_do_it_so_that_the_log_does_not_grow(studio):
    studio.worker()
    first, second = log_sizes(studio, leave=True, pauses=(5, 0))
    assert second < 1.5 * first
