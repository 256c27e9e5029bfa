"""Doing something at GitHub until it is done: after each fault anew, from what is there by then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from jobs.run import JobRun
from releases.errors import PublishError
from releases.faults import ERRORS, Fault, fault_of, is_of_pygithub, not_github

Result = TypeVar("Result")

MOST_FAULTS = 5
"""In a row, without a single write that went through."""
MOST_FAULTS_IN_ALL = 40
FIRST_WAIT_S, LONGEST_USUAL_WAIT_S = 0.5, 8.0
STEP_S = 0.2
"""So often somebody who waits looks whether to stop."""


class Patience:
    """Begins a pass anew after a fault that may be over in a moment, a few times.

    A write whose answer was lost may have happened, so no write is simply repeated: each pass looks at what
    is there first, and does what is left to do.
    """

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._in_a_row = 0
        self._in_all = 0

    def moved(self) -> None:
        """Say that a write went through: what is behind it is not tried for the first time again."""
        self._in_a_row = 0

    def until_done(self, one_pass: Callable[[], Result]) -> Result:
        """The result of a pass that came to its end.

        Raises `PublishError` for what trying again does not help, and when patience is at its end.
        """
        while True:
            try:
                return one_pass()
            except Fault as fault:
                self._bear(fault)
            except ERRORS as error:
                self._bear(fault_of(error))
            except (AssertionError, LookupError, RuntimeError, TypeError) as error:
                if is_of_pygithub(error):
                    raise not_github() from error
                raise

    def _bear(self, fault: Fault) -> None:
        self._in_a_row += 1
        self._in_all += 1
        wait_s = fault.wait_s
        if wait_s is None:
            wait_s = min(FIRST_WAIT_S * 2 ** (self._in_a_row - 1), LONGEST_USUAL_WAIT_S)
        is_late = time.monotonic() + wait_s > self._run.deadline
        if is_late or self._in_a_row > MOST_FAULTS or self._in_all > MOST_FAULTS_IN_ALL:
            raise PublishError(str(fault)) from fault
        self._wait(wait_s)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._run.progress(self._run.job.progress, f"waiting {left:.0f} s for GitHub")
            time.sleep(min(STEP_S, left))
        self._run.check()
