"""Kill -9 at random moments: workers, render hosts, django-q2's parent and helpers, the web server"""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from benchmarks.figures import Figure
from tests.support.studio import wait_for
from torture import holds, house

CHANCES = {"worker": 5, "host": 4, "parent": 2, "helper": 1, "web": 2}
BETWEEN_S = (0.2, 1.6)
LEAST_WORK = 4
PATIENCE_S = 180.0
GOES_ON = ("running", "progress", "succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Hit:
    """One kill: what it was, from when on things had to go on, and which jobs it concerned."""

    kind: str
    at: float
    jobs: frozenset[int]


def measure(*, jobs: int = 200, kills: int = 50, seed: int = 1) -> Iterator[Figure]:
    chance = random.Random(seed)
    with house.fresh() as studio:
        studio.submit(*prompts(jobs))
        studio.open("worker", "web")
        killer = Killer(studio, chance)
        hits = killer.go_on(kills)
        studio.wait_until_done(within_s=PATIENCE_S)
        yield Figure(name=f"kills: {_kinds(hits)}", value=len(hits), digits=0)
        yield Figure(name="jobs", value=len(studio.statuses()), digits=0)
        yield holds.none("web servers that did not come back", int(not _in_time(studio.answers)))
        yield from holds.once_each(studio)
        interrupted, crashed = studio.rows("select sum(interruptions), sum(crashes) from jobs_job")[0]
        yield Figure(name="jobs interrupted", value=interrupted, digits=0)
        yield Figure(name="jobs whose host died", value=crashed, digits=0)
        waits = list(stuck_s(studio, hits))
        yield Figure(
            name="longest wait from a restart to the next progress",
            value=max(waits, default=0),
            target=5,
            unit="s",
        )
        yield holds.none("processes left after stopping", studio.shut())
        yield Figure(name="folders that the sweep removed at the end", value=studio.sweep(), digits=0)
        yield from holds.whole(studio)


def prompts(number: int) -> list[str]:
    """A quarter of them long ones."""
    return [f"slow {index}" if index % 4 == 0 else f"tone {index}" for index in range(number)]


class Killer:
    """Chooses by chance what to kill next, and kills it."""

    def __init__(self, studio: house.House, chance: random.Random) -> None:
        self.studio = studio
        self.chance = chance

    def go_on(self, number: int) -> list[Hit]:
        """Kill `number` times, and see that there is work all the time."""
        hits: list[Hit] = []
        next_at = time.monotonic() + 1
        while len(hits) < number:
            if time.monotonic() > next_at and (hit := self._strike()):
                hits.append(hit)
                next_at = time.monotonic() + self.chance.uniform(*BETWEEN_S)
            if self.studio.unfinished() < LEAST_WORK:
                self.studio.submit(*prompts(2 * LEAST_WORK))
            self.studio.revive()
            time.sleep(0.02)
        return hits

    def _strike(self) -> Hit | None:
        kind = self.chance.choices(list(CHANCES), weights=list(CHANCES.values()))[0]
        with contextlib.suppress(psutil.NoSuchProcess):
            return getattr(self, f"_{kind}")(kind)
        return None

    def _worker(self, kind: str) -> Hit | None:
        workers = self.studio.workers()
        if not workers:
            return None
        name = self.chance.choice(sorted(workers))
        jobs = self._held(name) | self._waiting()
        return self._kill(kind, workers[name], jobs)

    def _host(self, kind: str) -> Hit | None:
        """A second crash fails a job, as it should; so each job meets one at most.

        The worker stands still meanwhile: it cannot take up another job between our look and the kill.
        """
        workers = {process.pid: (name, process) for name, process in self.studio.workers().items()}
        hosts = [host for host in self.studio.hosts() if host.ppid() in workers]
        if not hosts:
            return None
        host = self.chance.choice(sorted(hosts, key=lambda process: process.pid))
        name, worker = workers[host.ppid()]
        worker.suspend()
        try:
            jobs = self._held(name)
            if not jobs or self._crashed_before(jobs):
                return None
            return self._kill(kind, host, jobs)
        finally:
            worker.resume()

    def _parent(self, kind: str) -> Hit | None:
        jobs = self._held() | self._waiting()
        self.studio.parts["worker"].kill()
        self.studio.parts["worker"].wait()
        self.studio.revive()
        return Hit(kind, time.time(), jobs)

    def _helper(self, kind: str) -> Hit | None:
        """What django-q2 has beside workers: one that fetches wake-ups and one that gathers results."""
        workers = {process.pid for process in self.studio.workers().values()}
        children = psutil.Process(self.studio.parts["worker"].pid).children()
        helpers = [process for process in children if process.pid not in workers]
        if not workers or not helpers:
            return None
        return self._kill(kind, self.chance.choice(helpers), frozenset())

    def _web(self, kind: str) -> Hit | None:
        self.studio.parts["web"].kill()
        self.studio.parts["web"].wait()
        return Hit(kind, time.time(), frozenset())

    def _kill(self, kind: str, process: psutil.Process, jobs: frozenset[int]) -> Hit:
        process.send_signal(signal.SIGKILL)
        _wait_for_end(process)
        return Hit(kind, time.time(), jobs)

    def _held(self, worker: str = "%") -> frozenset[int]:
        return self._jobs("status = 'running' and claimed_by like ?", worker)

    def _waiting(self) -> frozenset[int]:
        """Jobs that an earlier kill interrupted and nobody has taken up again."""
        return self._jobs("status = 'queued' and attempt > 0")

    def _crashed_before(self, jobs: frozenset[int]) -> bool:
        return bool(jobs & self._jobs("crashes > 0"))

    def _jobs(self, condition: str, *args: str) -> frozenset[int]:
        rows = self.studio.rows(f"select id from jobs_job where {condition}", *args)
        return frozenset(id_ for (id_,) in rows)


def stuck_s(studio: house.House, hits: list[Hit]) -> Iterator[float]:
    """For each job that was hit, the seconds until it went on; until the next hit of it, that one counts."""
    marks = ", ".join("?" * len(GOES_ON))
    rows = studio.rows(
        f"select job_id, created_at from jobs_event where type in ({marks}) order by id", *GOES_ON
    )
    events: dict[int, list[float]] = {}
    for job, at in rows:
        events.setdefault(job, []).append(_seconds(at))
    for number, hit in enumerate(hits):
        for job in hit.jobs:
            again = next((later.at for later in hits[number + 1 :] if job in later.jobs), float("inf"))
            went_on = next((at for at in events.get(job, []) if at > hit.at), float("inf"))
            if went_on < again or again == float("inf"):
                yield went_on - hit.at


def _seconds(created_at: str) -> float:
    return datetime.fromisoformat(created_at).replace(tzinfo=UTC).timestamp()


def _kinds(hits: list[Hit]) -> str:
    counts = {kind: sum(hit.kind == kind for hit in hits) for kind in CHANCES}
    return ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)


def _wait_for_end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        wait_for(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def _in_time(condition: object) -> bool:
    try:
        return bool(wait_for(condition))
    except AssertionError:
        return False
