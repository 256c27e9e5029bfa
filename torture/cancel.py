"""Cancelling by chance: jobs that wait, jobs that run, and never another one than was meant"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from statistics import median

from benchmarks.figures import Figure
from tests.support.studio import wait_for
from torture import holds, house
from torture.kills import prompts

PATIENCE_S = 120.0
CANCEL = """
import json, random, sys, time
from jobs.models import Job

number, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))
told = {"waiting": [], "running": []}
for turn in range(number):
    wanted = "running" if turn % 2 else "queued"
    candidates = list(Job.objects.filter(status=wanted, cancel_requested=False).order_by("id"))
    if candidates:
        job = chance.choice(candidates)
        if job.cancel():
            told["waiting" if job.status == "cancelled" else "running"].append(job.pk)
    time.sleep(chance.uniform(0, 0.5))
print(json.dumps(told))
"""


def measure(*, jobs: int = 120, cancels: int = 60, seed: int = 1) -> Iterator[Figure]:
    with house.fresh() as studio:
        studio.submit(*prompts(jobs))
        studio.open("worker")
        wait_for(lambda: "running" in studio.statuses())
        told = json.loads(studio.code(CANCEL, str(cancels), str(seed)))
        studio.wait_until_done(within_s=PATIENCE_S)
        yield from _waiting(studio, told["waiting"])
        yield from _running(studio, told["running"])
        yield from _others(studio, told["waiting"] + told["running"])
        yield holds.none("processes left after stopping", studio.shut())
        yield holds.none("folders that they left for the sweep", studio.sweep())
        yield from holds.whole(studio)


def _waiting(studio: house.House, jobs: list[int]) -> Iterator[Figure]:
    yield Figure(name="cancelled while they waited", value=len(jobs), target=1, sense="≥", digits=0)
    yield holds.none("of these, started all the same", _number(studio, jobs, "events", "type = 'running'"))
    yield holds.none(
        "of these, not cancelled in the end", _number(studio, jobs, "jobs", "status != 'cancelled'")
    )


def _running(studio: house.House, jobs: list[int]) -> Iterator[Figure]:
    yield Figure(name="cancelled while they ran", value=len(jobs), target=1, sense="≥", digits=0)
    done = _number(studio, jobs, "jobs", "status = 'succeeded'")
    yield Figure(name="of these, made before the wish was seen", value=done, digits=0)
    bad = _number(studio, jobs, "jobs", "status not in ('cancelled', 'succeeded')")
    yield holds.none("of these, neither cancelled nor made", bad)
    waits = _stopped_after_s(studio, jobs)
    yield Figure(name="wish → stopped, median", value=median(waits or [0]), target=0.5, unit="s")
    yield Figure(name="wish → stopped, longest", value=max(waits, default=0), target=2, unit="s")


def _others(studio: house.House, cancelled: list[int]) -> Iterator[Figure]:
    others = f"select id from jobs_job where id not in ({_listed(cancelled)})"
    untouched = studio.rows(f"select count(*) from jobs_job where id in ({others}) and status = 'succeeded'")
    number = len(studio.rows(others))
    yield Figure(
        name="other jobs, which succeeded", value=untouched[0][0], target=number, sense="=", digits=0
    )
    yield holds.none("other jobs without exactly one success", len(holds.not_once(studio, others)))
    sounds = studio.rows(
        "select count(*) from sounds_sound s join jobs_job j on j.id = s.job_id where j.status = 'cancelled'"
    )
    yield holds.none("sounds of cancelled jobs", sounds[0][0])


def _stopped_after_s(studio: house.House, jobs: list[int]) -> list[float]:
    """From each wish to the end that it brought about."""
    rows = studio.rows(
        "select wish.created_at, end.created_at from jobs_event wish join jobs_event end "
        "on end.job_id = wish.job_id and end.type = 'cancelled' "
        f"where wish.type = 'cancel_requested' and wish.job_id in ({_listed(jobs)})"
    )
    moments = [[datetime.fromisoformat(text) for text in row] for row in rows]
    return [(end - wish).total_seconds() for wish, end in moments]


def _number(studio: house.House, jobs: list[int], table: str, condition: str) -> int:
    column = {"jobs": "jobs_job where id", "events": "jobs_event where job_id"}[table]
    return studio.rows(f"select count(*) from {column} in ({_listed(jobs)}) and {condition}")[0][0]


def _listed(jobs: list[int]) -> str:
    return ", ".join(map(str, jobs))
