"""The queue and what it costs to have it wait: real processes, their own data folder"""

from __future__ import annotations

import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from benchmarks.figures import Figure
from tests.support.studio import Studio, wait_for

SUBMIT = """
import time
from jobs.models import Job, NewJob
for _ in range(40):
    batch = Job.objects.submit([NewJob(kind="nothing", lane="procedural")])
    while not (job := batch.jobs.get()).ended:
        time.sleep(0.005)
    print((job.started_at - job.created_at).total_seconds())
    time.sleep(0.1)
"""
CLAIM_ALL = """
from jobs.models import Job
from jobs import worker
while job := Job.objects.claim(worker.name()):
    print(job.pk)
    job.succeed()
"""
IDLE_S = 5


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), API_PORT="18431")
        studio.manage("prepare")
        try:
            yield from racing(studio)
            yield from idle(studio)
        finally:
            studio.close()


def racing(studio: Studio) -> Iterator[Figure]:
    studio.python(
        "from jobs.models import Job, NewJob\n"
        "Job.objects.submit([NewJob(kind='x', lane='procedural') for _ in range(1000)], wake=False)"
    )
    racers = Studio(studio.data, WORKER_CONCURRENCY="32")
    code = "import django; django.setup()\n" + CLAIM_ALL
    running = [racers.start("-c", code, stdout=subprocess.PIPE) for _ in range(6)]
    claims = Counter(line for process in running for line in process.communicate()[0].split())
    once = sum(number == 1 for number in claims.values())
    yield Figure(
        name="six processes, 1,000 jobs: claimed exactly once", value=once, target=1000, sense="=", digits=0
    )


def idle(studio: Studio) -> Iterator[Figure]:
    run = studio.start("-m", "ccbell_site.run", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: studio.living_workers() == 2)
    time.sleep(3)
    worker = studio.running("worker")[0]
    shares = [share_of_a_core(worker) for _ in range(3)]
    yield Figure(name="idle workers, processor, median of 3", value=median(shares), target=1.5, unit="%")
    waits = [float(line) for line in studio.python(SUBMIT).stdout.split()]
    yield Figure(name="submit → running, median", value=1e3 * median(waits), target=20, unit="ms", digits=1)
    urllib.request.urlopen("http://127.0.0.1:18431/admin/login/").read()  # idle means: after having worked
    pss = sum(process.memory_full_info().pss for process in studio.family())
    yield Figure(
        name="web and workers idle, all processes (PSS)", value=pss / 1e6, target=150, unit="MB", digits=0
    )
    run.terminate()
    run.wait()


def share_of_a_core(process: psutil.Process) -> float:
    """What a process and all below it take of one core, in percent, while nothing happens."""
    before = busy_s(process)
    time.sleep(IDLE_S)
    return 100 * (busy_s(process) - before) / IDLE_S


def busy_s(process: psutil.Process) -> float:
    """Processor seconds that a process and all below it have used."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)
