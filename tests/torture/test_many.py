"""A long queue."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import many

pytestmark = pytest.mark.slow


def test_a_claim_takes_as_many_queries_in_a_long_queue_and_the_admin_comes_first():
    assert not missed(many.measure(jobs=1000, claims=5))
