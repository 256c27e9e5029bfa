"""Whatever a check does, there is an answer, and soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from studio.doctor.examine import examine
from studio.doctor.finding import Finding, State, ok

for_ever = threading.Event()


def fine() -> Iterator[Finding]:
    yield ok("fine", "yes")


def hangs() -> Iterator[Finding]:
    yield ok("before", "yes")
    for_ever.wait()


def breaks() -> Iterator[Finding]:
    yield ok("half", "yes")
    raise RuntimeError("two\nlines")


def test_a_check_that_hangs_is_left_alone_and_said():
    begun = time.monotonic()
    found = examine({"disk": (fine, hangs, fine), "other": (fine,)}, within_s=0.3)
    assert time.monotonic() - begun < 2
    assert [(one.area, one.name) for one in found] == [
        ("disk", "fine"), ("disk", "before"), ("disk", "hangs"), ("other", "fine"),
    ]  # fmt: skip
    assert found[2].state is State.WARN and "did not come to an end" in found[2].fact
    for_ever.set()


def test_a_check_that_breaks_takes_nobody_along():
    half, broken, after = examine({"area": (breaks, fine)}, within_s=5)
    assert (half.name, after.name) == ("half", "fine")
    assert broken.state is State.WARN and "RuntimeError: two" in broken.fact and "\n" not in broken.fact
