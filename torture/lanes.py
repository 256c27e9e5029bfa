"""A long job in the lane of the network, and sounds beside it"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from torture import holds, house

SCRIPT = """
import sys, time
from jobs.models import Job, NewJob
from tests.support.briefs import submit

seconds = float(sys.argv[1])
waits = [NewJob(kind="test.wait", lane="network", payload={"seconds": length}) for length in (seconds, 0)]
long, next_one = Job.objects.submit(waits).jobs.order_by("id")
until = time.monotonic() + seconds + 30
while time.monotonic() < until:
    long.refresh_from_db()
    if long.ended:
        break
    if long.status == "running":
        before = time.monotonic()
        batch = submit(["tone"])
        while batch.jobs.unfinished().exists() and time.monotonic() < until:
            time.sleep(0.02)
        print(time.monotonic() - before)
    time.sleep(0.2)
"""


def measure(*, seconds: float = 60) -> Iterator[Figure]:
    """A second job waits for the same lane, which has room for one."""
    with house.fresh(DJANGO_SETTINGS_MODULE="ccbell_test_settings") as studio:
        studio.open("worker")
        took_s = [float(line) for line in studio.code(SCRIPT, str(seconds)).split()]
        studio.wait_until_done(within_s=60)
        beside = studio.rows(
            "select count(*) from jobs_job as sound, jobs_job as long where long.id = 1 "
            "and sound.lane = 'procedural' and sound.finished_at < long.finished_at"
        )[0][0]
        too_early = studio.rows(
            "select count(*) from jobs_job as next, jobs_job as long where long.id = 1 and next.id = 2 "
            "and next.started_at < long.finished_at"
        )[0][0]
        unsuccessful = sum(status != "succeeded" for status in studio.statuses())
        yield Figure(name="sounds made beside it", value=beside, target=1, sense="≥", digits=0)
        yield Figure(
            name="submit → made beside it, median", value=1e3 * median(took_s or [0]), unit="ms", digits=0
        )
        yield Figure(name="the slowest of them", value=max(took_s, default=0), target=5, unit="s")
        yield holds.none("jobs that ran beside it in its own lane, which has room for one", too_early)
        yield holds.none("jobs that did not succeed", unsuccessful)
        yield holds.none("processes left after stopping", studio.shut())
