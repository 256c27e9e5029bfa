"""Briefs and jobs for tests."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.models import Batch, Job, NewJob
from sounds.brief import Brief
from sounds.handlers import GENERATE


def a_brief(prompt: str = "a plain tone", *, engine: str = "steady", seed: int = 1, duration_s: float = 0.5):
    return Brief(
        engine=engine,
        engine_version="1",
        seed=seed,
        duration_s=duration_s,
        loudness_lufs=-18,
        prompt=prompt,
    )


def submit(
    prompts: Sequence[str],
    *,
    engine: str = "steady",
    duration_s: float = 0.5,
    lane: str = "procedural",
    group: str = "",
    **options,
) -> Batch:
    return Job.objects.submit(
        [
            NewJob(
                kind=GENERATE,
                lane=lane,
                group=group,
                label=prompt[:80],
                payload={
                    "brief": a_brief(prompt, engine=engine, seed=seed, duration_s=duration_s).as_dict(),
                    "formats": ["wav"],
                    "again": True,
                },
            )
            for seed, prompt in enumerate(prompts)
        ],
        **options,
    )
