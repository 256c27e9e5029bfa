"""The job that installs a model."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from jobs import reaper, worker
from jobs.errors import JobFailed
from jobs.models import Job, NewJob, Status, Tier, Write
from jobs.registry import handler
from jobs.run import JobRun
from sounds.weights import child
from sounds.weights.catalogue import Model
from sounds.weights.errors import WeightsError

INSTALL_MODEL = "sounds.install_model"


def new_job(model: Model, source: Path | None = None) -> NewJob:
    """A job that loads the model from the hub, or adopts the files in `source`."""
    return NewJob(
        kind=INSTALL_MODEL,
        lane="network",
        label=f"Install {model.title}",
        payload={"model": model.engine, "from": str(source or "")},
    )


@handler(INSTALL_MODEL)
def install_model(run: JobRun) -> Write:
    """Install; a download may take hours, so not the job's deadline ends it, but silence."""
    try:
        result = child.install(
            run.payload["model"], run.payload["from"], progress=run.progress, check=run.check
        )
    except WeightsError as error:
        raise JobFailed(str(error)) from error
    return lambda: result


def claim(new: NewJob) -> Job | None:
    """Submit a job and begin it here, with no moment in which a worker could; None while the lane is full.

    One that was left in the queue, such as by a command that was killed, is taken up instead.
    """
    reaper.reap()
    with transaction.atomic():
        left = Job.objects.filter(
            kind=new.kind, payload=new.payload, status=Status.QUEUED, batch__isnull=False
        )
        job = left.select_related("batch").first()
        batch = job.batch if job else Job.objects.submit([new], tier=Tier.ADMIN, label=new.label, wake=False)
        claimed = Job.objects.claim(worker.name(), batch=batch)
        if claimed is None:
            transaction.set_rollback(True)
        return claimed
