"""Kill -9 of any process at any moment."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import kills

pytestmark = pytest.mark.slow


def test_whatever_is_killed_every_job_is_done_exactly_once():
    assert not missed(kills.measure(jobs=8, kills=4, seed=11))
