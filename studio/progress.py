"""How far the making of a collection's sounds has come."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from jobs.models import Batch, Event, Job, Machine, Status
from jobs.models.status import ENDED
from sounds.models import Collection
from sounds.slot_jobs import unfinished_for


@dataclass(frozen=True, slots=True)
class Progress:
    """Of all batches that still work for a collection."""

    done: int = 0
    total: int = 0
    failed: int = 0
    places: dict[str, int] | None = None
    """Uuid of a job that waits to its place in the line."""
    workers: int = 0
    """Those that run now; without one nothing moves."""

    @classmethod
    def of(cls, collection: Collection) -> Progress:
        slots = list(collection.slots.values_list("pk", flat=True))
        jobs = list(unfinished_for(slots).only("pk", "uuid", "status", "batch_id"))
        if not jobs:
            return cls()
        batches = Batch.objects.filter(pk__in={job.batch_id for job in jobs})
        counted = batches.aggregate(
            total=Count("jobs"),
            done=Count("jobs", Q(jobs__status__in=ENDED)),
            failed=Count("jobs", Q(jobs__status=Status.FAILED)),
        )
        places = Job.objects.positions(jobs)
        named = {str(job.uuid): places[job.pk] for job in jobs if job.pk in places}
        workers = Machine.objects.workers()
        return cls(counted["done"], counted["total"], counted["failed"], named, workers)

    @property
    def is_active(self) -> bool:
        return self.total > 0

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 100


def newest_event() -> int:
    """The event that a page rendered now is as new as; what comes after it is for the stream."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
