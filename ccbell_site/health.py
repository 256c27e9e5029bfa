"""Whether the studio works: for people who look after it, and for the programs they have do so."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs import worker
from jobs.models import Machine
from sounds.engine_status import EngineStatus, engine_statuses

LEAST_FREE_BYTES = 500_000_000
"""With less than that a pack may no longer fit."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found; `troubles` holds a sentence for each thing that needs somebody."""

    database: bool
    workers: int
    free_bytes: int
    engines: list[EngineStatus]
    troubles: list[str]

    @classmethod
    def now(cls) -> Health:
        """Look at everything; answers also when the database does not."""
        free_bytes = _free_bytes()
        troubles = []
        try:
            workers, engines, database = Machine.objects.workers(), engine_statuses(), True
        except DatabaseError:
            workers, engines, database = worker.living_here(), [], False
        if not database:
            troubles.append(_no_database())
        if not workers:
            troubles.append("No worker is running, so nothing is made; start one with: make run")
        if free_bytes < LEAST_FREE_BYTES:
            troubles.append(f"Only {free_bytes / 1e6:.0f} MB are free on the disk; make room.")
        return cls(database, workers, free_bytes, engines, troubles)

    def as_dict(self) -> dict[str, Any]:
        return {
            "status": "ok" if not self.troubles else "degraded" if self.database else "down",
            "database": "ok" if self.database else "down",
            "workers": self.workers,
            "disk_free_bytes": self.free_bytes,
            "engines": {one.card.id: one.state for one in self.engines},
            "troubles": self.troubles,
        }


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Open to everybody: 200 while requests can be served, 503 when they cannot."""
    health = Health.now()
    return JsonResponse(health.as_dict(), status=200 if health.database else 503)


def _free_bytes() -> int:
    """0 also where the folder of the audio is gone, such as with the disk it was on."""
    try:
        return shutil.disk_usage(settings.AUDIO_OUTPUT_DIR).free
    except OSError:
        return 0


def _no_database() -> str:
    where = "at its server" if settings.IS_SHARED else "at its file and at the disk"
    return f"The database does not answer; look {where}."
