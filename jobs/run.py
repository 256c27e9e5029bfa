"""Doing jobs: one, or all there are."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError

from jobs import heartbeat, lanes, reaper, worker
from jobs.errors import JobCancelled, JobCrashed, JobFailed, JobLost
from jobs.models import Batch, Job, Write
from jobs.registry import handler_for

logger = logging.getLogger(__name__)

REPORT_EVERY_S = 0.1
"""Faster steps than a person can see are not written down."""
WAIT_S = 0.05
TURNED_AWAY = ("40001", "40P01", "55P03")
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class JobRun:
    """What a handler is given: its payload, a way to report, and whether to go on."""

    def __init__(self, job: Job, tick: Callable[[], None] | None = None) -> None:
        self.job = job
        self._tick = tick or (lambda: None)
        self._claimed_at = time.monotonic()
        self.deadline = self._claimed_at + settings.JOB_DEADLINE_S
        self.begun = False
        self.ended = False
        self._reported_at = 0.0
        self._undo: list[Callable[[], object]] = []

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    def progress(self, fraction: float, message: str = "", *, begun: bool = True) -> None:
        """Tell how far the work is; also notices a wish to stop, as `check` does.

        Not yet `begun` is a job of a group while others, or what all of them need, are worked on: a crash
        then does not count against it.
        """
        self.begun |= begun
        self.check()
        now = time.monotonic()
        if now - self._reported_at >= REPORT_EVERY_S:
            self._reported_at = now
            self.job.report(min(max(fraction, 0.0), 1.0), message)
            self._tick()

    def undo_with(self, verb: Callable[[], object]) -> None:
        """Have `verb` called if this attempt does not end well, such as to remove its files."""
        self._undo.append(verb)

    def check(self) -> None:
        """Raise `JobCancelled` when somebody wants it to stop, `JobLost` when it is another's by now."""
        lanes.is_busy_in(self.job.lane, time.monotonic() - self._claimed_at)
        if self.job.wants_to_stop():
            raise JobCancelled

    def succeed(self, write: Write | None = None) -> None:
        """End well, with what `write` writes; whatever keeps it from that is how the job ends instead."""
        try:
            self.job.succeed(write)
        except Exception as error:
            self.end(error)
        else:
            self.ended = True
            self._undo.clear()
            self._tick()

    def end(self, error: Exception, *, undo: bool = True) -> None:
        """End as `error` says: failed, crashed, cancelled, or no longer ours to end.

        Without `undo`, what it leaves is undone by a call of that name later.
        """
        if undo:
            self.undo()
        if isinstance(error, JobLost):
            logger.warning("%s", error)
        else:
            _settle(self.job, error)
        self.ended = True

    def give_back(self, *, undo: bool = True) -> None:
        """Put it back into the queue, which counts as an interruption and costs it nothing; see `end`."""
        if self.job.has_succeeded():  # a wish to end may come right after the commit
            return
        if undo:
            self.undo()
        _try(self.job.interrupt)
        self.ended = True

    def undo(self) -> None:
        """Undo what this attempt left."""
        while self._undo:
            self._undo.pop()()


def perform(*jobs: Job, tick: Callable[[], None] | None = None) -> None:
    """Run jobs claimed together to their ends; a wish to end the process gets through.

    So does an error of the database that keeps an end from being written down.
    `tick` is called whenever a change of one of them was written down.
    """
    runs = [JobRun(job, tick) for job in jobs]
    try:
        handler_for(jobs[0].kind)(runs)
        if left := [run.job.pk for run in runs if not run.ended]:
            raise RuntimeError(f"The handler of {jobs[0].kind} did not end the jobs {left}.")
    except Exception as error:
        _end_all([run for run in runs if not run.ended], error)
    except BaseException:
        for run in runs:
            if not run.ended:
                run.give_back()
        raise


def _end_all(runs: list[JobRun], error: Exception) -> None:
    """End what an error left open; a crash is not counted against jobs that had not begun."""
    blamed = [run for run in runs if run.begun] if isinstance(error, JobCrashed) else []
    for run in runs:
        if blamed and run not in blamed:
            run.give_back()
        else:
            run.end(error)


def _settle(job: Job, error: Exception) -> None:
    if isinstance(error, JobCancelled):
        return _try(job.stop)
    if isinstance(error, JobCrashed):
        return _try(job.crash, str(error))
    if isinstance(error, JobFailed):
        return _try(job.fail, str(error))
    if _is_turned_away(error):
        return _try(job.interrupt)
    if _is_full_disk(error):
        return _try(job.fail, "The disk is full; free some space and retry the job.")
    logger.exception("Job %s (%s) failed", job.pk, job.kind)
    _try(job.fail, f"Something unforeseen went wrong ({type(error).__name__}); the worker's log says more.")


def _is_turned_away(error: Exception) -> bool:
    """Whether PostgreSQL ended a transaction for the sake of another: a deadlock, or a row held too long."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and sqlstate in TURNED_AWAY


def _is_full_disk(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    return isinstance(error, OperationalError) and "full" in str(error)


def _try(verb: Any, *args: Any) -> None:
    try:
        verb(*args)
    except JobLost as lost:
        logger.warning("%s", lost)


def drain(*, seconds: float = 30, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Do queued jobs, one group after the other; True when time ended it, False when none was left."""
    until = time.monotonic() + seconds
    while not stopping() and _do_next():
        if time.monotonic() > until:
            return True
    return False


def _do_next(batch: Batch | None = None, tick: Callable[[], None] | None = None) -> bool:
    try:
        jobs = Job.objects.claim_together(worker.name(), batch=batch)
        if jobs:
            perform(*jobs, tick=tick)
        return bool(jobs)
    except BaseException:
        # The database did not take how a job ended, or the answer to a claim was lost. Whoever lives
        # keeps his jobs, so this worker becomes another one: what it held is found by the reaper.
        worker.give_up()
        raise


def finish(batch: Batch, *, tick: Callable[[], None]) -> None:
    """Do the jobs of one batch beside whatever workers there are, until all of it has ended.

    `tick` is called at every step and while waiting for those that a worker was faster to claim.
    """
    with heartbeat.beating():
        _finish(batch, tick)


def _finish(batch: Batch, tick: Callable[[], None]) -> None:
    from jobs import tasks

    reaper.reap()  # a lane must not stay full because of somebody who is gone
    while True:
        tick()
        if _do_next(batch, tick):
            continue
        if batch.jobs.unfinished().exists():
            time.sleep(WAIT_S)
            reaper.reap()
            tasks.hand_on()
        else:
            lanes.release()  # nobody wakes this process for the jobs of others
            return
