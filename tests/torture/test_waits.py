"""Requests that wait for sounds nobody makes."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import waits

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def test_those_beyond_the_places_for_waiting_are_answered_without():
    assert not missed(waits.measure(few=34, many=40, wait_s=3))
