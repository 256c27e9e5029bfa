"""A job that kills its render host each time."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import poison

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def test_a_job_that_kills_its_host_fails_and_harms_no_other():
    assert not missed(poison.measure(poisoned=1))
