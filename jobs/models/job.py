"""The Job table: the queue of record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from jobs.errors import JobLost
from jobs.models.batch import Batch
from jobs.models.event import Event
from jobs.models.job_queryset import JobQuerySet
from jobs.models.status import ENDED, Status, Tier

MAX_CRASHES = 2
MAX_INTERRUPTIONS = 20
"""A job whose worker was lost this often is taken to be the reason."""


Write = Callable[[], "dict[str, Any] | None"]
"""Writes what a job made; what it returns becomes the job's result."""


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

    @property
    def took_s(self) -> float | None:
        """Seconds from the beginning of its last attempt to its end; None until both are known."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

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
        """Back to the queue, unless somebody asked for it to stop, perhaps only since it was claimed."""
        changes |= {"status": Status.QUEUED, "progress": 0, "message": "", "claimed_by": ""}
        with transaction.atomic():
            if self._wants_to_stop(self._mine([Status.RUNNING]).select_for_update()):
                self.stop()
            else:
                self._move([Status.RUNNING], event, **changes)

    # Wishes of people -------------------------------------------------------------------------------

    def cancel(self) -> bool:
        """Cancel it: at once when queued, at the next step when running; False when it has ended."""
        with transaction.atomic():
            self._hold()
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
            self._hold()
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
        return self._wants_to_stop(self._mine([Status.RUNNING]))

    def _wants_to_stop(self, mine: models.QuerySet[Job]) -> bool:
        row = mine.values_list("cancel_requested", flat=True).first()
        if row is None:
            raise self._lost()
        return row

    # How every change is made -----------------------------------------------------------------------

    def _hold(self) -> None:
        """Read the row anew, and let nobody else change it until the transaction's end."""
        self.refresh_from_db(from_queryset=Job.objects.select_for_update())

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
