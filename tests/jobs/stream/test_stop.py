"""Ctrl-C while streams are open."""

from __future__ import annotations

import signal
import time

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.timeout(60)
def test_ctrl_c_ends_the_server_within_five_seconds_whether_clients_read_or_not(house):
    since = house.newest() if house.submit() else 0
    quick = [house.follow("bob") for _ in range(15)]
    unread = [house.follow(receive_buffer=4096) for _ in range(15)]
    _, *jobs = house.submit(number=100)
    house.do(f"for job in {jobs}: claim(job).fail('x' * 100_000)")
    in_replay = house.follow(Last_Event_ID=str(since), receive_buffer=4096)
    started = time.monotonic()
    house.web.send_signal(signal.SIGINT)
    house.web.wait(timeout=5)
    assert time.monotonic() - started < 5
    assert house.log.read_text() == ""
    assert [list(follower) for follower in quick] == [[]] * 15, "a proper end"
    for follower in [*quick, *unread, in_replay]:
        follower.close()
