"""A power cut takes the end of the database's log along."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import power

pytestmark = pytest.mark.slow


def test_after_a_power_cut_rows_and_files_agree_and_the_queue_goes_on():
    assert not missed(power.measure(jobs=6, copies=1, seed=5))
