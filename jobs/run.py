"""Doing jobs: one, or all there are."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError

from jobs import reaper, worker
from jobs.errors import JobCancelled, JobCrashed, JobFailed, JobLost
from jobs.models import Batch, Job
from jobs.registry import handler_for

logger = logging.getLogger(__name__)

REPORT_EVERY_S = 0.1
"""Faster steps than a person can see are not written down."""
WAIT_S = 0.05


class JobRun:
    """What a handler is given: its payload, a way to report, and whether to go on."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.deadline = time.monotonic() + settings.JOB_DEADLINE_S
        self._reported_at = 0.0
        self._undo: list[Callable[[], object]] = []

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    def progress(self, fraction: float, message: str = "") -> None:
        """Tell how far the work is; also notices a wish to stop, as `check` does."""
        self.check()
        now = time.monotonic()
        if now - self._reported_at >= REPORT_EVERY_S:
            self._reported_at = now
            self.job.report(min(max(fraction, 0.0), 1.0), message)

    def undo_with(self, verb: Callable[[], object]) -> None:
        """Have `verb` called if this attempt does not end well, such as to remove its files."""
        self._undo.append(verb)

    def undo(self) -> None:
        while self._undo:
            self._undo.pop()()

    def check(self) -> None:
        """Raise `JobCancelled` when somebody wants it to stop, `JobLost` when it is another's by now."""
        if self.job.wants_to_stop():
            raise JobCancelled


def perform(job: Job) -> None:
    """Run a claimed job to its end, whatever that is; only a wish to end the process gets through."""
    run = JobRun(job)
    try:
        write = handler_for(job.kind)(run)
        job.succeed(write)
    except JobLost as lost:
        run.undo()
        logger.warning("%s", lost)
    except Exception as error:
        run.undo()
        _settle(job, error)
    except BaseException:
        run.undo()
        _try(job.interrupt)
        raise


def _settle(job: Job, error: Exception) -> None:
    if isinstance(error, JobCancelled):
        return _try(job.stop)
    if isinstance(error, JobCrashed):
        return _try(job.crash, str(error))
    if isinstance(error, JobFailed):
        return _try(job.fail, str(error))
    if _is_full_disk(error):
        return _try(job.fail, "The disk is full; free some space and retry the job.")
    logger.exception("Job %s (%s) failed", job.pk, job.kind)
    _try(job.fail, f"Something unforeseen went wrong ({type(error).__name__}); the worker's log says more.")


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
    """Do queued jobs one after the other; True when time ended it, False when none was left."""
    until = time.monotonic() + seconds
    while not stopping() and _do_one():
        if time.monotonic() > until:
            return True
    return False


def _do_one(batch: Batch | None = None) -> bool:
    try:
        job = Job.objects.claim(worker.name(), batch=batch)
        if job:
            perform(job)
        return job is not None
    except BaseException:
        # The database did not take how a job ended, or the answer to a claim was lost. Whoever lives
        # keeps his jobs, so this worker becomes another one: what it held is found by the reaper.
        worker.give_up()
        raise


def finish(batch: Batch, *, tick: Callable[[], None]) -> None:
    """Do the jobs of one batch beside whatever workers there are, until all of it has ended.

    `tick` is called after every job and while waiting for those that a worker was faster to claim.
    """
    reaper.reap()  # a lane must not stay full because of somebody who is gone
    while True:
        tick()
        if _do_one(batch):
            continue
        if batch.jobs.unfinished().exists():
            time.sleep(WAIT_S)
            reaper.reap()
        else:
            return
