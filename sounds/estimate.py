"""How long a sound will take, going by those made before."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from django.conf import settings
from django.db.models import F

from jobs.models import Job, Status
from sounds.models import Sound

LOOK_BACK = 40
ALIKE = 10
USUAL_S = 3.0
"""Until there is anything to go by."""


def seconds_of(engine: str, duration_s: float) -> float:
    """The rolling median for sounds of that engine, of about that length where lengths differ."""
    recent = (
        Sound.objects.filter(engine=engine, job__finished_at__isnull=False)
        .order_by("-id")
        .annotate(took=F("job__finished_at") - F("job__started_at"))
        .values_list("duration_s", "took")[:LOOK_BACK]
    )
    alike = sorted(recent, key=lambda row: abs(row[0] - duration_s))[:ALIKE]
    return median(took.total_seconds() for _, took in alike) if alike else USUAL_S


def remaining_s(job: Job, positions: Mapping[int, int]) -> float | None:
    """Seconds until a job will probably have ended, None for one that has, or makes no sound."""
    brief = job.payload.get("brief")
    if job.ended or not brief:
        return None
    each_s = seconds_of(brief["engine"], brief["duration_s"])
    if job.status == Status.RUNNING:
        return round(each_s * (1 - job.progress), 1)
    at_once = max(settings.JOB_LANES.get(job.lane, 1), 1)
    return round(each_s * (1 + (positions.get(job.pk, 1) - 1) / at_once), 1)
