"""Finding jobs whose worker is gone."""

from __future__ import annotations

import logging

from jobs import worker
from jobs.errors import JobLost
from jobs.models import Job, Status

logger = logging.getLogger(__name__)


def reap() -> int:
    """Put jobs whose worker no longer lives back into the queue; how many there were."""
    reaped = 0
    for job in Job.objects.filter(status=Status.RUNNING):
        if worker.is_alive(job.claimed_by):
            continue
        try:
            job.interrupt()
        except JobLost:
            continue  # it ended, or another reaper was faster
        logger.warning("The worker of job %s is gone; the job is %s again.", job.pk, job.status)
        reaped += 1
    return reaped
