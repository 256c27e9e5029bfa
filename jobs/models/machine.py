"""The machines that share the database, where that is a server."""

from __future__ import annotations

import math
import time
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs import machine, worker

LOST_AFTER = timedelta(seconds=30)
"""A machine that was not seen for so long is taken for dead."""
REMEMBERED_S = 1.0
"""How many places there are is asked for each job of a list."""
_places: tuple[float, dict[str, int]] = -math.inf, {}


class MachineQuerySet(models.QuerySet["Machine"]):
    """All of it goes by the database's clock: those of machines differ."""

    def beat(self) -> None:
        """Write down that this machine is there, and what it has to offer."""
        limits = {lane: limit for lane, limit in settings.JOB_LANES.items() if lane in settings.WORKER_LANES}
        here = self.model(
            name=machine.name(),
            workers=worker.living_here(),
            places={lane: n for lane, n in limits.items() if lane not in settings.JOB_SHARED_LANES},
            key_digest=machine.key_digest(),
            version=settings.VERSION,
            seen_at=Now(),
        )
        told = ["workers", "places", "key_digest", "version", "seen_at"]
        self.bulk_create([here], update_conflicts=True, unique_fields=["name"], update_fields=told)

    def present(self) -> MachineQuerySet:
        """Those that were seen of late."""
        return self.filter(seen_at__gte=Now() - LOST_AFTER)

    def strike_off(self) -> list[str]:
        """Remove those that nobody has seen for long, so that others take up their jobs; their names."""
        silent = self.filter(seen_at__lt=Now() - LOST_AFTER).exclude(name=machine.name())
        return [name for name in silent.values_list("name", flat=True) if self._strike(name)]

    def _strike(self, name: str) -> bool:
        """Whether it is gone: it may have been seen this moment, or struck off by another."""
        return bool(self.filter(name=name, seen_at__lt=Now() - LOST_AFTER).delete()[0])

    def places(self) -> dict[str, int]:
        """Lane to the number of workers that may be busy in it at once, on all machines together."""
        if not settings.IS_SHARED:
            return settings.JOB_LANES
        global _places
        asked_at, places = _places
        if time.monotonic() - asked_at > REMEMBERED_S:
            places = self._places()
            _places = time.monotonic(), places
        return places

    def _places(self) -> dict[str, int]:
        total: Counter[str] = Counter()
        for places in self.present().values_list("places", flat=True):
            total.update(places)
        if not total:  # nobody is there; it will be as here when somebody comes
            return settings.JOB_LANES
        shared = settings.JOB_SHARED_LANES
        return {lane: n if lane in shared else total[lane] for lane, n in settings.JOB_LANES.items()}

    def workers(self) -> int:
        """How many workers live, on all machines together."""
        if not settings.IS_SHARED:
            return worker.living_here()
        others = self.present().exclude(name=machine.name()).aggregate(total=models.Sum("workers"))
        return worker.living_here() + (others["total"] or 0)


class Machine(models.Model):
    """One of several machines that work on this database; there is no row on SQLite."""

    name = models.CharField(max_length=40, unique=True)
    workers = models.PositiveSmallIntegerField(default=0, help_text="How many live there.")
    places = models.JSONField(default=dict, help_text="Lane to the workers that may be busy in it there.")
    key_digest = models.CharField(max_length=16, editable=False)
    version = models.CharField(max_length=20)
    since = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    objects = MachineQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
