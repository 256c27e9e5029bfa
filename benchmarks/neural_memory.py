"""What the neural engine costs in memory and gives back: a real studio, the full-size model"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.figures import Figure
from tests.support import tiny_model
from tests.support.studio import Studio, wait_for

MODEL = Path("build/neural/model")
SUBMIT = """
from jobs.models import Job
from sounds.engines.registry import card_of
from sounds.handlers import sound_job
from sounds.prompts.build import build_brief
engine = card_of("stable-audio-open-small")
brief = build_brief(hook=None, theme=None, prompt="a bell", seed={seed}, duration_s=1, engine=engine,
                    quality="draft")
Job.objects.submit([sound_job(brief, label="a bell")])
"""
ROUNDS = 3


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), MODEL_IDLE_TIMEOUT_SEC="2")
        studio.manage("prepare")
        link_model(studio.data / "models")
        try:
            studio.worker()
            yield from rounds(studio)
        finally:
            studio.close()


def link_model(cache: Path) -> None:
    """Have the studio find the benchmark's model without copying two gigabytes."""
    built = tiny_model.build_full(MODEL.resolve())
    for id_, source in (
        ("stabilityai--stable-audio-open-small", built),
        ("google-t5--t5-base", built / "t5-base"),
    ):
        repository = cache / f"models--{id_}"
        (repository / "snapshots").mkdir(parents=True)
        os.symlink(source, repository / "snapshots" / "main")


def rounds(studio: Studio) -> Iterator[Figure]:
    work(studio, 0)  # the first job imports what every later one shares
    before, workers = total_pss(studio), biggest_worker(studio)
    peak, growth = 0.0, 0.0
    for seed in range(1, ROUNDS + 1):
        submit(studio, seed)
        while not (studio.statuses()[-1] == "succeeded" and not studio.hosts()):
            peak = max(peak, total_pss(studio))
            growth = max(growth, biggest_worker(studio) - workers)
            time.sleep(0.1)
    yield Figure(name="largest worker: growth through load, work, unload", value=growth, target=5, unit="MB")
    after = total_pss(studio)
    yield Figure(
        name="all processes (PSS): after idle against before", value=abs(after - before), target=10, unit="MB"
    )
    yield Figure(
        name="all processes (PSS): most, while it works", value=peak, target=4000, unit="MB", digits=0
    )


def work(studio: Studio, seed: int) -> None:
    submit(studio, seed)
    wait_for(lambda: studio.statuses()[-1] == "succeeded" and not studio.hosts(), timeout=120)


def submit(studio: Studio, seed: int) -> None:
    studio.python(SUBMIT.format(seed=seed))


def total_pss(studio: Studio) -> float:
    return sum(pss(process) for process in studio.family()) / 1e6


def biggest_worker(studio: Studio) -> float:
    return max(pss(process) for process in studio.running("worker")) / 1e6


def pss(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:  # it left this very moment
        return 0
