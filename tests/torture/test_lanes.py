"""One lane is busy for long."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import lanes

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def test_sounds_are_made_beside_a_long_job_in_another_lane():
    assert not missed(lanes.measure(seconds=2))
