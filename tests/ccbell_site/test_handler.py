"""Threads of requests are used again, but never while they are at something."""

from __future__ import annotations

import threading

from ccbell_site.handler import MOST_IDLE, Seat


def test_the_next_request_gets_the_thread_of_the_last():
    idle: list = []
    first, second = Seat(idle), Seat(idle)
    one = first.submit(threading.get_ident).result()
    first.leave()
    assert second.submit(threading.get_ident).result() == one


def test_who_asks_for_nothing_takes_no_thread():
    idle: list = []
    Seat(idle).leave()
    assert idle == []


def test_a_thread_that_is_still_at_something_is_not_given_to_others():
    idle: list = []
    goes_on = threading.Event()
    gone, other = Seat(idle), Seat(idle)
    busy = gone.submit(goes_on.wait, 10)
    gone.leave()
    assert idle == []
    assert other.submit(lambda: "at once").result(timeout=5) == "at once"
    goes_on.set()
    busy.result()
    other.leave()
    for thread in idle:
        thread.shutdown()
    assert len(idle) == 2


def test_only_so_many_threads_idle():
    idle: list = []
    seats = [Seat(idle) for _ in range(MOST_IDLE + 3)]
    for seat in seats:
        seat.submit(threading.get_ident).result()
    for seat in seats:
        seat.leave()
    assert len(idle) == MOST_IDLE
    for thread in idle:
        thread.shutdown()
