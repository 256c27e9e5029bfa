"""The disk gets full, and has room again."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import disk

pytestmark = pytest.mark.slow


def test_a_full_disk_fails_jobs_in_words_and_stops_the_queue_only_until_there_is_room():
    with disk.small_disk() as mounted:
        if mounted is None:
            pytest.skip("a small disk can be mounted by root only")
    assert not missed(disk.measure(jobs=2, full_s=1))
