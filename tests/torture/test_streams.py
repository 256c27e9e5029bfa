"""A short form of the torture, so that it does not rot; no time is asserted."""

from __future__ import annotations

import pytest

from torture import streams

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def test_thirty_streams_get_each_event_once_and_in_order_and_end_without_a_word(monkeypatch):
    figures = {figure.name: figure for figure in streams.measure(clients=30, seconds=1)}
    exact = [figure for name, figure in figures.items() if figure.sense == "="]
    assert len(exact) == 2
    assert all(figure.met for figure in exact), exact
