"""The Job table: the queue of record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count
from django.utils import timezone

from jobs import lanes
from jobs.errors import JobLost
from jobs.models.batch import Batch
from jobs.models.event import Event

MAX_CRASHES = 2
MOST_TOGETHER = 16
"""Longer groups would keep others of their lane waiting."""
MAX_INTERRUPTIONS = 20
"""A job whose worker was lost this often is taken to be the reason."""


class Status(models.TextChoices):
    """Where a job stands.

    queued → running → succeeded | failed | cancelled. A queued job may be cancelled at once; a running
    one goes back to queued when its worker is lost, or when the render host crashes for the first time.
    Ended jobs move only by `Job.retry`, back to queued.
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


class Tier(models.IntegerChoices):
    """Who comes first in a lane; first in, first out inside one tier."""

    ADMIN = 0
    PREMIUM = 1
    STANDARD = 2
    FREE = 3


Write = Callable[[], "dict[str, Any] | None"]
"""Writes what a job made; what it returns becomes the job's result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to submit: the handler's kind, what it is given, and the lane it runs in.

    Jobs that follow each other in a lane and name the same `group` may be done together.
    """

    kind: str
    lane: str
    label: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    group: str = ""


class JobQuerySet(models.QuerySet["Job"]):
    def submit(
        self,
        new: Iterable[NewJob],
        *,
        tier: Tier = Tier.STANDARD,
        owner: Any = None,
        label: str = "",
        wake: bool = True,
    ) -> Batch:
        """Queue jobs as one batch, all or none, and tell a worker; `wake=False` for who drains it himself."""
        from jobs import tasks

        new = list(new)
        if unknown := {one.lane for one in new} - set(settings.JOB_LANES):
            raise ValueError(f"There is no lane {', '.join(sorted(unknown))}; its jobs would wait for ever.")
        with transaction.atomic():
            batch = Batch.objects.create(owner=owner, label=label)
            jobs = Job.objects.bulk_create(
                Job(
                    kind=one.kind,
                    lane=one.lane,
                    label=one.label,
                    payload=one.payload,
                    group=one.group,
                    tier=tier,
                    owner=owner,
                    batch=batch,
                )
                for one in new
            )
            Event.objects.bulk_create(job.event(Status.QUEUED) for job in jobs)
            if wake and jobs:
                transaction.on_commit(tasks.wake, robust=True)
        return batch

    def claim(self, worker: str, *, batch: Batch | None = None) -> Job | None:
        """Take the next job for `worker`, or None: by tier, then oldest, in lanes that have room."""
        return next(iter(self._claim(worker, batch, most=1)), None)

    def claim_together(self, worker: str, *, batch: Batch | None = None) -> list[Job]:
        """Take the next job, and those of its group that stand right behind it in their lane.

        A job that crashed before goes alone: who is to blame must show.
        """
        return self._claim(worker, batch, most=MOST_TOGETHER)

    def _claim(self, worker: str, batch: Batch | None, *, most: int) -> list[Job]:
        """The update repeats what the choice relied on, so of any number of workers one gets each job.

        That the lane still has room is safe because SQLite lets one writer in at a time. Each claim opens
        a new attempt with a uuid of its own, under which its files will lie.
        """
        queued = Job.objects.filter(status=Status.QUEUED)
        if batch:
            queued = queued.filter(batch=batch)
        while open_lanes := lanes.open_to_us(queued.values_list("lane", flat=True).order_by().distinct()):
            with transaction.atomic():
                firsts = [_first(queued, lane) for lane in _with_room(open_lanes)]
                first = min((f for f in firsts if f), default=None, key=lambda job: (job.tier, job.pk))
                if first is None:
                    return []
                if not lanes.keep(first.lane):
                    continue
                chosen = [first, *_its_group(queued, first, most - 1)]
                if jobs := [job for job in chosen if job.start(worker)]:
                    return jobs
        return []

    def claimable(self) -> JobQuerySet:
        """Queued jobs in lanes that have room."""
        return self.filter(status=Status.QUEUED, lane__in=_with_room(settings.JOB_LANES))

    def unfinished(self) -> JobQuerySet:
        return self.exclude(status__in=ENDED)


def _with_room(lanes: Iterable[str]) -> list[str]:
    """Those lanes in which fewer workers are busy than may be."""
    busy = dict(
        Job.objects.filter(status=Status.RUNNING)
        .order_by()
        .values_list("lane")
        .annotate(number=Count("claimed_by", distinct=True))
        .values_list("lane", "number")
    )
    return [lane for lane in lanes if busy.get(lane, 0) < settings.JOB_LANES.get(lane, 0)]


def _first(queued: models.QuerySet[Job], lane: str) -> Job | None:
    return queued.filter(lane=lane).order_by("tier", "id").first()


def _its_group(queued: models.QuerySet[Job], first: Job, most: int) -> list[Job]:
    """The jobs behind `first` that may be done with it, in their order."""
    if not first.group or first.crashes or most < 1:
        return []
    lane = queued.filter(lane=first.lane).order_by("tier", "id")[1 : most + 1]
    alike = (first.kind, first.group, 0)
    return list(takewhile(lambda job: (job.kind, job.group, job.crashes) == alike, lane))


class Job(models.Model):
    """One piece of work.

    Every change is one guarded UPDATE that names the status and the attempt it expects, plus one Event
    in the same transaction: a worker that was taken for lost and comes back changes nothing.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    label = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    group = models.CharField(max_length=80, blank=True)
    lane = models.CharField(max_length=20)
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, default=Tier.STANDARD)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, blank=True, related_name="jobs")

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    progress = models.FloatField(default=0, help_text="0 to 1")
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True, help_text="What came of it, for those who waited.")
    cancel_requested = models.BooleanField(default=False)

    attempt = models.PositiveIntegerField(default=0, help_text="Counts claims; names the one that may write.")
    attempt_uuid = models.UUIDField(null=True, blank=True, help_text="Where this attempt's files lie.")
    crashes = models.PositiveSmallIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=80, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "lane", "tier", "id"], name="jobs_next"),
            models.Index(fields=["batch", "status", "lane", "tier", "id"], name="jobs_of_batch"),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.pk}"

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def start(self, worker: str) -> bool:
        """Begin a new attempt for `worker`; False when another one was faster."""
        taken = Job.objects.filter(pk=self.pk, status=Status.QUEUED).update(
            status=Status.RUNNING,
            attempt=models.F("attempt") + 1,
            attempt_uuid=uuid.uuid4(),
            claimed_by=worker,
            started_at=timezone.now(),
            finished_at=None,
            progress=0,
            message="",
        )
        if taken:
            self.refresh_from_db()
            self.event(Status.RUNNING).save()
        return bool(taken)

    # Reports of the attempt that runs it ------------------------------------------------------------

    def report(self, progress: float, message: str = "") -> None:
        """Say how far this attempt is; raises `JobLost` when it is no longer the one that counts."""
        self._move([Status.RUNNING], "progress", progress=progress, message=message[:300])

    def succeed(self, write: Write | None = None) -> None:
        """End well; `write` runs in the same transaction, so its rows exist exactly if the job succeeded."""
        with transaction.atomic():
            if not self._mine([Status.RUNNING]).select_for_update().exists():
                raise self._lost()  # before `write` moves files: those no transaction takes back
            result = (write() if write else None) or {}
            self._move(
                [Status.RUNNING],
                status=Status.SUCCEEDED,
                progress=1,
                message="",
                error="",
                result=result,
                finished_at=timezone.now(),
            )

    def fail(self, error: str) -> None:
        self._move([Status.RUNNING], status=Status.FAILED, error=error, finished_at=timezone.now())

    def stop(self) -> None:
        """End as cancelled: the running attempt has noticed the request."""
        self._move([Status.RUNNING], status=Status.CANCELLED, finished_at=timezone.now())

    def crash(self, error: str) -> None:
        """The render host died under it: once is forgiven, twice fails the job."""
        crashes = self.crashes + 1
        if crashes >= MAX_CRASHES:
            self._move(
                [Status.RUNNING],
                status=Status.FAILED,
                crashes=crashes,
                error=f"{error} It was tried {crashes} times.",
                finished_at=timezone.now(),
            )
        else:
            self._requeue("crashed", crashes=crashes, error=error)

    def interrupt(self) -> None:
        """Its worker is gone: back to the queue, which costs the job nothing."""
        interruptions = self.interruptions + 1
        if interruptions > MAX_INTERRUPTIONS:
            error = (
                f"Its worker was lost {interruptions} times, so it was given up; retry it if you know why."
            )
            self._move([Status.RUNNING], status=Status.FAILED, error=error, finished_at=timezone.now())
        else:
            self._requeue("interrupted", interruptions=interruptions)

    def _requeue(self, event: str, **changes: Any) -> None:
        if self.cancel_requested:
            return self.stop()
        self._move(
            [Status.RUNNING], event, status=Status.QUEUED, progress=0, message="", claimed_by="", **changes
        )

    # Wishes of people -------------------------------------------------------------------------------

    def cancel(self) -> bool:
        """Cancel it: at once when queued, at the next step when running; False when it has ended."""
        with transaction.atomic():
            self.refresh_from_db()
            if self.ended:
                return False
            if self.status == Status.QUEUED:
                self._move([Status.QUEUED], status=Status.CANCELLED, finished_at=timezone.now())
            elif not self.cancel_requested:
                self._move([Status.RUNNING], "cancel_requested", cancel_requested=True)
        return True

    def retry(self) -> bool:
        """Queue an ended job once more with a clean slate; False when it did not end badly."""
        from jobs import tasks

        with transaction.atomic():
            self.refresh_from_db()
            if self.status not in (Status.FAILED, Status.CANCELLED):
                return False
            self._move(
                [Status.FAILED, Status.CANCELLED],
                status=Status.QUEUED,
                progress=0,
                error="",
                message="",
                crashes=0,
                interruptions=0,
                cancel_requested=False,
                finished_at=None,
                result={},
            )
            transaction.on_commit(tasks.wake, robust=True)
        return True

    def has_succeeded(self) -> bool:
        """Whether this very attempt is written down as a success."""
        return Job.objects.filter(pk=self.pk, attempt=self.attempt, status=Status.SUCCEEDED).exists()

    def wants_to_stop(self) -> bool:
        """Whether somebody asked for this attempt to stop; raises `JobLost` when it no longer counts."""
        row = self._mine([Status.RUNNING]).values_list("cancel_requested", flat=True).first()
        if row is None:
            raise self._lost()
        return row

    # How every change is made -----------------------------------------------------------------------

    def _mine(self, statuses: Sequence[Status]) -> models.QuerySet[Job]:
        return Job.objects.filter(pk=self.pk, attempt=self.attempt, status__in=statuses)

    def _lost(self) -> JobLost:
        return JobLost(f"Attempt {self.attempt} of job {self.pk} no longer counts.")

    def _move(self, expected: Sequence[Status], event: str = "", **changes: Any) -> None:
        with transaction.atomic():
            if not self._mine(expected).update(**changes):
                raise self._lost()
            for name, value in changes.items():
                setattr(self, name, value)
            self.event(event or self.status).save()

    def event(self, type_: str) -> Event:
        """An unsaved Event with the job's present state."""
        return Event(
            job=self,
            batch_id=self.batch_id,
            owner_id=self.owner_id,
            type=str(type_),
            data={
                "job": str(self.uuid),
                "label": self.label,
                "status": str(self.status),
                "progress": round(self.progress, 4),
                "message": self.message,
                "error": self.error,
                "attempt": self.attempt,
                "result": self.result,
            },
        )
