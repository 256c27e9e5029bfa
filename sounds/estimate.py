"""How long a sound will take, going by those made before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from statistics import median

from jobs.models import Job, Machine, Status
from sounds.models import Sound

LOOK_BACK = 40
ALIKE = 10
USUAL_S = 3.0
"""Until there is anything to go by."""


Recent = Callable[[str], Sequence[tuple[float, timedelta]]]


def recent(engine: str) -> Sequence[tuple[float, timedelta]]:
    """The latest sounds of that engine: how long each is, and how long it took."""
    rows = (
        Sound.objects.filter(engine=engine)
        .order_by("-id")
        .values_list("duration_s", "job__started_at", "job__finished_at")[:LOOK_BACK]
    )
    return [(length_s, end - begin) for length_s, begin, end in rows if begin and end]


def seconds_of(engine: str, duration_s: float, made: Recent = recent) -> float:
    """The rolling median for sounds of that engine, of about that length where lengths differ."""
    alike = sorted(made(engine), key=lambda row: abs(row[0] - duration_s))[:ALIKE]
    return median(time.total_seconds() for _, time in alike) if alike else USUAL_S


def remaining_s(job: Job, positions: Mapping[int, int], made: Recent = recent) -> float | None:
    """Seconds until a job will probably have ended, None for one that has, or makes no sound.

    `made` is `recent`, remembered by whoever asks for many jobs.
    """
    brief = job.payload.get("brief")
    if job.ended or not brief:
        return None
    each_s = seconds_of(brief["engine"], brief["duration_s"], made)
    if job.status == Status.RUNNING:
        return round(each_s * (1 - job.progress), 1)
    at_once = max(Machine.objects.places().get(job.lane, 1), 1)
    return round(each_s * (1 + (positions.get(job.pk, 1) - 1) / at_once), 1)
