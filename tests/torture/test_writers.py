"""Requests that write, beside workers that do."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import writers

pytestmark = pytest.mark.slow


def test_no_write_is_refused_or_lost_beside_two_workers():
    assert not missed(writers.measure(seconds=2))
