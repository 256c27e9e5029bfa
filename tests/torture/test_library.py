"""Pages of long lists."""

from __future__ import annotations

import pytest

from tests.torture import missed
from torture import library

pytestmark = pytest.mark.slow


def test_a_page_takes_the_same_number_of_queries_however_long_it_is():
    assert not missed(library.measure(sounds=200, jobs=120, rounds=2))
