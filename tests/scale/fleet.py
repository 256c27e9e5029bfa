"""Several machines on one database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.studio import DATABASE, Studio, wait_for

WORKERS = 2
SUBMIT = """
import json, sys
from jobs.models import Job, NewJob
lanes, seconds = json.loads(sys.argv[1]), float(sys.argv[2])
Job.objects.submit([NewJob(kind="test.wait", lane=lane, payload={"seconds": seconds}) for lane in lanes])
"""


@dataclass(frozen=True)
class Run:
    """One job that succeeded: where, and from when to when by that machine's clock."""

    lane: str
    machine: str
    begin: float
    end: float


class Fleet:
    def __init__(self, folder: Path, template: Path, machines: int, environment: dict[str, str]) -> None:
        first = folder / "machine-0"
        first.mkdir()
        shutil.copy(template, first)
        environment = {"DJANGO_SETTINGS_MODULE": "ccbell_test_settings", **environment}
        self.machines = [Studio(first, **environment)]
        for number in range(1, machines):
            self.machines[0].share(folder / f"machine-{number}")
            self.machines.append(Studio(folder / f"machine-{number}", **environment))
        self.rows = self.machines[0].rows
        self.statuses = self.machines[0].statuses

    def work(self, *which: int) -> list[subprocess.Popen[str]]:
        """Start the workers of some machines, or of all, and wait until they are there."""
        chosen = [self.machines[number] for number in which] or self.machines
        started = [self.start(machine) for machine in chosen]
        for machine, process in zip(chosen, started, strict=True):
            wait_for(lambda machine=machine, process=process: self._works(machine, process), timeout=60)
        return started

    def _works(self, machine: Studio, process: subprocess.Popen[str]) -> bool:
        assert process.poll() is None, self.log(machine)
        return machine.living_workers() >= WORKERS

    @staticmethod
    def start(machine: Studio) -> subprocess.Popen[str]:
        log = (machine.data / "worker.log").open("a")
        return machine.start("manage.py", "worker", stderr=log, stdout=log, process_group=0)

    @staticmethod
    def log(machine: Studio) -> str:
        return (machine.data / "worker.log").read_text()

    def submit(self, *lanes: str, seconds: float = 0, by: int = 0) -> None:
        """Queue jobs that do nothing for so long."""
        code = "import django; django.setup()\n" + SUBMIT
        words = str(list(lanes)).replace("'", '"')
        process = self.machines[by].start("-c", code, words, str(seconds))
        assert process.wait(timeout=60) == 0

    def wait_until_done(self, timeout: float = 60) -> None:
        wait_for(lambda: set(self.statuses()) <= {"succeeded", "failed", "cancelled"}, timeout=timeout)

    def runs(self) -> list[Run]:
        """Every job that succeeded."""
        rows = self.rows(
            "select lane, claimed_by, extract(epoch from started_at), extract(epoch from finished_at) "
            "from jobs_job where status = 'succeeded'"
        )
        return [Run(lane, by.partition("@")[2], float(begin), float(end)) for lane, by, begin, end in rows]

    def kill(self, number: int) -> None:
        """Kill -9 of everything that runs on a machine, at once."""
        machine = self.machines[number]
        for process in machine.family():
            os.kill(process.pid, signal.SIGKILL)
        for process in machine.processes:
            process.wait()

    def close(self) -> None:
        for machine in reversed(self.machines):
            if machine is not self.machines[0]:
                (machine.data / DATABASE).unlink()  # the first one drops it
            machine.close()


def most_at_once(runs: list[Run]) -> int:
    """How many of these went on in the same moment."""
    return max(sum(other.begin <= run.begin < other.end for other in runs) for run in runs)
