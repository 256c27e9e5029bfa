"""The figures on the admin's first page: each is asked of the database only if somebody may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from ccbell_site.health import Health
from jobs.models import Job, Machine, Status
from packs.models import Build, Pack
from sounds.models import AudioFile, Sound

HOURS = 24
NEWEST_SOUNDS = 20_000
"""The chart looks at no more than these: nothing else says quickly which sounds are of the last day."""
SHOWN_FAILURES = 6
SHOWN_PACKS = 8


@dataclass(frozen=True, slots=True)
class Lane:
    """How many jobs of a lane run, wait, and may run at once."""

    name: str
    places: int
    running: int
    queued: int


@dataclass(frozen=True, slots=True)
class Hour:
    """The sounds of one hour; `share` is of the best hour, 0 to 1."""

    begin: datetime
    sounds: int
    share: float


class Dashboard:
    """What the studio is doing, as of now."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.since = self.now - timedelta(hours=HOURS)

    @cached_property
    def health(self) -> Health:
        return Health.now()

    # The queue --------------------------------------------------------------------------------------

    @cached_property
    def lanes(self) -> Sequence[Lane]:
        counted = (
            Job.objects.unfinished().order_by().values_list("lane", "status").annotate(number=Count("id"))
        )
        numbers = {(lane, status): number for lane, status, number in counted}
        return [
            Lane(lane, places, numbers.get((lane, Status.RUNNING), 0), numbers.get((lane, Status.QUEUED), 0))
            for lane, places in Machine.objects.places().items()
        ]

    @property
    def running(self) -> int:
        return sum(lane.running for lane in self.lanes)

    @property
    def queued(self) -> int:
        return sum(lane.queued for lane in self.lanes)

    @cached_property
    def _failed(self) -> QuerySet[Job]:
        return Job.objects.filter(status=Status.FAILED, finished_at__gte=self.since)

    @cached_property
    def failed(self) -> int:
        return self._failed.count()

    @cached_property
    def failures(self) -> Sequence[Job]:
        """The latest jobs that failed in the last day."""
        shown = self._failed.only("id", "uuid", "kind", "label", "error", "finished_at")
        return list(shown.order_by("-finished_at")[:SHOWN_FAILURES])

    # Sounds -----------------------------------------------------------------------------------------

    @cached_property
    def sounds(self) -> int:
        return Sound.objects.count()

    @cached_property
    def hours(self) -> Sequence[Hour]:
        """The last day, hour by hour, the present one at its end."""
        last = timezone.localtime(self.now).replace(minute=0, second=0, microsecond=0)
        begins = [last - timedelta(hours=ago) for ago in reversed(range(HOURS))]
        newest = Sound.objects.aggregate(pk=Max("pk"))["pk"] or 0
        recent = Sound.objects.filter(pk__gt=newest - NEWEST_SOUNDS, created_at__gte=begins[0])
        # Cutting each date to its hour would take SQLite many times as long.
        since = {
            f"since_{number}": Count("pk", filter=Q(created_at__gte=begin))
            for number, begin in enumerate(begins)
        }
        made = [these - later for these, later in pairwise([*recent.aggregate(**since).values(), 0])]
        best = max(made) or 1
        return [Hour(begin, number, number / best) for begin, number in zip(begins, made, strict=True)]

    @property
    def made(self) -> int:
        return sum(hour.sounds for hour in self.hours)

    @property
    def best(self) -> int:
        return max(hour.sounds for hour in self.hours)

    # Disk -------------------------------------------------------------------------------------------

    @cached_property
    def audio_bytes(self) -> int:
        return AudioFile.objects.aggregate(total=Sum("bytes"))["total"] or 0

    @cached_property
    def zip_bytes(self) -> int:
        return Build.objects.aggregate(total=Sum("zip_bytes"))["total"] or 0

    @property
    def free_share(self) -> float:
        """What is free, of that and what the studio takes."""
        total = self.health.free_bytes + self.audio_bytes + self.zip_bytes
        return self.health.free_bytes / total if total else 0

    # Packs ------------------------------------------------------------------------------------------

    @cached_property
    def packs(self) -> Sequence[tuple[Pack, Build | None]]:
        """The newest packs with their latest versions."""
        builds = Build.objects.select_related("pack").defer("manifest")
        packs = Pack.objects.select_related("collection").prefetch_related(Prefetch("builds", builds))
        return [(pack, pack.latest_build()) for pack in packs.order_by("-pk")[:SHOWN_PACKS]]


def add_to(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the theme calls before it shows the first page."""
    return context | {"dashboard": Dashboard(), "title": "Dashboard"}
