"""Submitting, claiming and finding jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count

from jobs import lanes, machine
from jobs.models.batch import Batch
from jobs.models.event import Event
from jobs.models.status import ENDED, Status, Tier

if TYPE_CHECKING:
    from jobs.models.job import Job

CLAIMING = 0x63636265_6C6C_01
"""The number of PostgreSQL's advisory lock under which jobs are chosen; it has to be ours alone."""
MOST_TOGETHER = 16
"""Longer groups would keep others of their lane waiting."""


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
        batch: Batch | None = None,
    ) -> Batch:
        """Queue jobs as one batch, all or none, and tell a worker; `wake=False` for who drains it himself.

        Those that follow from a job join its `batch`, so that who waits for that waits for them too.
        """
        from jobs import tasks

        new = list(new)
        if unknown := {one.lane for one in new} - set(settings.JOB_LANES):
            raise ValueError(f"There is no lane {', '.join(sorted(unknown))}; its jobs would wait for ever.")
        with transaction.atomic():
            batch = batch or Batch.objects.create(owner=owner, label=label)
            jobs = self.bulk_create(
                self.model(
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

        That the lane still has room is safe because one at a time chooses: SQLite lets one writer in, and
        elsewhere there is a lock for it. Each claim opens a new attempt with a uuid of its own, under which
        its files will lie.
        """
        queued = self.filter(status=Status.QUEUED)
        if batch:
            queued = queued.filter(batch=batch)
        while open_lanes := lanes.open_to_us(queued.values_list("lane", flat=True).order_by().distinct()):
            with transaction.atomic():
                _choose_alone()
                firsts = [_first(queued, lane) for lane in self._with_room(open_lanes)]
                first = min((f for f in firsts if f), default=None, key=lambda job: (job.tier, job.pk))
                if first is None:
                    return []
                if not lanes.keep(first.lane):
                    continue
                chosen = [first, *_its_group(queued, first, most - 1)]
                if jobs := [job for job in chosen if job.start(worker)]:
                    return jobs
        return []

    def visible_to(self, user: Any) -> JobQuerySet:
        """Everything for staff, their own for others."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(owner=user)

    def open_to(self, user: Any) -> JobQuerySet:
        """Those that may be asked for by uuid: one without an owner is known only to who submitted it."""
        if user.is_authenticated:
            return self.visible_to(user)
        return self.filter(owner=None, tier=Tier.FREE)

    def positions(self, jobs: Iterable[Job]) -> dict[int, int]:
        """Primary key to the place in its lane's line, 1 being next, for those of `jobs` that wait."""
        waiting = [job.pk for job in jobs if job.status == Status.QUEUED]
        if not waiting:
            return {}
        # The ORM would number only the rows that are asked for.
        line = f"""
            SELECT id, place FROM (
                SELECT id, ROW_NUMBER() OVER (PARTITION BY lane ORDER BY tier, id) AS place
                FROM {self.model._meta.db_table} WHERE status = %s
            ) AS line WHERE id IN ({", ".join(["%s"] * len(waiting))})"""
        with connection.cursor() as cursor:
            cursor.execute(line, [Status.QUEUED, *waiting])
            return dict(cursor.fetchall())

    def claimable(self) -> JobQuerySet:
        """Queued jobs in lanes that have room on this machine."""
        return self.filter(status=Status.QUEUED, lane__in=self._with_room(settings.JOB_LANES))

    def unfinished(self) -> JobQuerySet:
        return self.exclude(status__in=ENDED)

    def ended_badly(self) -> JobQuerySet:
        return self.filter(status__in=[Status.FAILED, Status.CANCELLED])

    def _with_room(self, lanes: Iterable[str]) -> list[str]:
        """Those lanes in which fewer workers are busy than may be: on this machine, or on all of them."""
        running = self.model.objects.filter(status=Status.RUNNING)
        if settings.IS_SHARED:
            others = models.Q(claimed_by__contains="@") & ~models.Q(claimed_by__endswith=f"@{machine.name()}")
            running = running.exclude(others, ~models.Q(lane__in=settings.JOB_SHARED_LANES))
        busy = dict(
            running.order_by()
            .values_list("lane")
            .annotate(number=Count("claimed_by", distinct=True))
            .values_list("lane", "number")
        )
        limits = {lane: settings.JOB_LANES.get(lane, 0) for lane in lanes if lane in settings.WORKER_LANES}
        return [lane for lane, limit in limits.items() if busy.get(lane, 0) < limit]


def _choose_alone() -> None:
    """Wait until nobody else chooses a job; until the transaction's end nobody else does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])


def _first(queued: models.QuerySet[Job], lane: str) -> Job | None:
    return queued.filter(lane=lane).order_by("tier", "id").first()


def _its_group(queued: models.QuerySet[Job], first: Job, most: int) -> list[Job]:
    """The jobs behind `first` that may be done with it, in their order."""
    if not first.group or first.crashes or most < 1:
        return []
    lane = queued.filter(lane=first.lane).order_by("tier", "id")[1 : most + 1]
    alike = (first.kind, first.group, 0)
    return list(takewhile(lambda job: (job.kind, job.group, job.crashes) == alike, lane))
