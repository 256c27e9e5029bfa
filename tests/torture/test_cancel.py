"""Cancelling by chance."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import cancel

pytestmark = pytest.mark.slow


def test_cancelled_jobs_stop_or_never_start_and_no_other_one_is_touched():
    assert not missed(cancel.measure(jobs=12, cancels=4, seed=11))
