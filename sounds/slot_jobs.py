"""What the queue is doing, or failed to do, for slots."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from jobs.models import Job, Status
from sounds.handlers import GENERATE
from sounds.models import Slot, Sound
from sounds.remaster import REMASTERING
from sounds.uploads import TAKE_IN

FILLING = (GENERATE, TAKE_IN, REMASTERING)
"""The kinds of jobs that make a take for a slot."""

REMEMBERED = timedelta(days=7)
"""A failure that nobody took care of for longer is no news to anybody."""


def jobs_for(slots: Iterable[Slot]) -> dict[int, Job]:
    """Primary key of a slot to its job that waits or runs, or else to the one that failed it last."""
    found: dict[int, Job] = {}
    keys = {slot.pk for slot in slots}
    for job in unfinished_for(keys).order_by("-id"):  # the first in line is what people wait for
        found[job.payload["slot"]] = job
    for slot, job in _failed_last(keys - found.keys()).items():
        found[slot] = job
    return found


def unfinished_for(slots: Iterable[int]) -> QuerySet[Job]:
    return Job.objects.unfinished().filter(kind__in=FILLING, payload__slot__in=list(slots))


def _failed_last(slots: Collection[int]) -> dict[int, Job]:
    """Failed jobs that nothing newer was made after."""
    failed = Job.objects.filter(
        kind__in=FILLING,
        status=Status.FAILED,
        payload__slot__in=slots,
        finished_at__gt=timezone.now() - REMEMBERED,
    )
    found = {job.payload["slot"]: job for job in failed.order_by("finished_at", "id")}
    takes = Sound.objects.filter(slot__in=found).order_by("id").values_list("slot", "created_at")
    newest = dict(takes)
    return {
        slot: job
        for slot, job in found.items()
        if slot not in newest or not job.finished_at or newest[slot] < job.finished_at
    }
