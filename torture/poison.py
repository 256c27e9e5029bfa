"""A job that kills its render host each time, among others"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure
from torture import holds, house

PATIENCE_S = 60.0


def measure(*, poisoned: int = 5) -> Iterator[Figure]:
    with house.fresh() as studio:
        prompts = [f"{word} {number}" for number in range(poisoned) for word in ("tone", "sigkill")]
        studio.submit(*prompts, "the last tone")
        studio.open("worker")
        studio.wait_until_done(within_s=PATIENCE_S)
        rows = studio.rows("select label, status, crashes, error from jobs_job order by id")
        bad = [row for row in rows if "sigkill" in row[0]]
        good = [row for row in rows if "sigkill" not in row[0]]
        failed = sum(status == "failed" and crashes == 2 for _, status, crashes, _ in bad)
        told = sum("SIGKILL" in error and "2 times" in error for *_, error in bad)
        yield Figure(
            name="jobs that kill their host: failed after two attempts",
            value=failed,
            target=poisoned,
            sense="=",
            digits=0,
        )
        yield Figure(
            name="of these, with a sentence that says why", value=told, target=poisoned, sense="=", digits=0
        )
        yield holds.none("other jobs that did not succeed", sum(row[1] != "succeeded" for row in good))
        yield holds.none("other jobs to which a crash was counted", sum(row[2] for row in good))
        yield holds.none("processes left after stopping", studio.shut())
        studio.sweep()
        yield from holds.whole(studio)
