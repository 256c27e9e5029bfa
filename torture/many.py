"""Ten thousand jobs wait: what a claim costs, and who comes next"""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from benchmarks.figures import Figure
from torture import holds, house

SCRIPT = """
import json, sys, time
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jobs import worker
from jobs.models import Job, NewJob, Tier

FEW, MANY, CLAIMS = 10, int(sys.argv[1]), int(sys.argv[2])

def submit(number, tier, lane="procedural"):
    new = [NewJob(kind="x", lane=lane, payload={"a brief": 800 * "x"}) for _ in range(number)]
    return Job.objects.submit(new, tier=tier, wake=False)

def claim():
    before = time.perf_counter()
    job = Job.objects.claim(worker.name())
    took_s = time.perf_counter() - before
    job.succeed()
    return job, took_s

def queries():
    with CaptureQueriesContext(connection) as captured:
        Job.objects.claim(worker.name()).succeed()
    return len(captured)

submit(FEW, Tier.FREE)
few = queries()
before = time.perf_counter()
for _ in range(MANY // 1000):
    submit(1000, Tier.FREE)
submitted_s = time.perf_counter() - before
many = queries()
took_s = [claim()[1] for _ in range(CLAIMS)]
late = submit(1, Tier.ADMIN).jobs.get()
elsewhere = submit(1, Tier.PREMIUM, "network").jobs.get()
order = [claim()[0].pk for _ in range(2)]
print(json.dumps({
    "waiting": Job.objects.unfinished().count(), "submitted_s": submitted_s, "took_s": took_s,
    "few": few, "many": many, "ahead": order.index(late.pk) if late.pk in order else 99,
}))
"""


def measure(*, jobs: int = 10_000, claims: int = 400) -> Iterator[Figure]:
    with house.fresh() as studio:
        told = _tell(studio, jobs, claims)
        took_ms = [1e3 * seconds for seconds in told["took_s"]]
        yield Figure(
            name=f"claim with {told['waiting']:,} waiting, median", value=median(took_ms), target=5, unit="ms"
        )
        yield Figure(name="the same, slowest of a hundred", value=quantiles(took_ms, n=100)[-1], unit="ms")
        yield Figure(
            name="submit a thousand at once",
            value=1e3 * told["submitted_s"] * 1000 / jobs,
            unit="ms",
            digits=0,
        )
        yield Figure(name="queries of a claim and its end", value=told["many"], digits=0)
        yield holds.none("queries more than when ten wait", told["many"] - told["few"])
        yield holds.none("free jobs that run before a late one of the admin", told["ahead"])
        yield holds.none("faults in the database", len(holds.faults(studio)))


def _tell(studio: house.House, jobs: int, claims: int) -> dict[str, Any]:
    return json.loads(studio.code(SCRIPT, str(jobs), str(claims)))
