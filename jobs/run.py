"""Doing jobs: one, or all there are."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

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

    def check(self) -> None:
        """Raise `JobCancelled` when somebody wants it to stop, `JobLost` when it is another's by now."""
        if self.job.wants_to_stop():
            raise JobCancelled


def perform(job: Job) -> None:
    """Run a claimed job to its end, whatever that is; only a wish to end the process gets through."""
    try:
        write = handler_for(job.kind)(JobRun(job))
        job.succeed(write)
    except JobLost as lost:
        logger.warning("%s", lost)
    except Exception as error:
        _settle(job, error)
    except BaseException:
        _try(job.interrupt)
        raise


def _settle(job: Job, error: Exception) -> None:
    if isinstance(error, JobCancelled):
        return _try(job.stop)
    if isinstance(error, JobCrashed):
        return _try(job.crash, str(error))
    if isinstance(error, JobFailed):
        return _try(job.fail, str(error))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _try(job.fail, "The disk is full; free some space and retry the job.")
    logger.exception("Job %s (%s) failed", job.pk, job.kind)
    _try(job.fail, f"Something unforeseen went wrong ({type(error).__name__}); the worker's log says more.")


def _try(verb: Any, *args: Any) -> None:
    try:
        verb(*args)
    except JobLost as lost:
        logger.warning("%s", lost)


def drain(*, seconds: float = 30) -> bool:
    """Do queued jobs one after the other; True when time ended it, False when none was left."""
    until = time.monotonic() + seconds
    while job := Job.objects.claim(worker.name()):
        perform(job)
        if time.monotonic() > until:
            return True
    return False


def finish(batch: Batch, *, tick: Callable[[], None]) -> None:
    """Do the jobs of one batch beside whatever workers there are, until all of it has ended.

    `tick` is called after every job and while waiting for those that a worker was faster to claim.
    """
    reaper.reap()  # a lane must not stay full because of somebody who is gone
    while True:
        tick()
        if job := Job.objects.claim(worker.name(), batch=batch):
            perform(job)
        elif batch.jobs.unfinished().exists():
            time.sleep(WAIT_S)
            reaper.reap()
        else:
            return
