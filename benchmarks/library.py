"""Every sound that ships, rendered and mastered in this process, for the benchmarks to look at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sounds.audio.master import master
from sounds.audio.measure import Measures, measure
from sounds.audio.quality import judge
from sounds.brief import Brief
from sounds.engines.procedural.card import CARD
from sounds.engines.procedural.engine import ProceduralEngine
from sounds.prompts.build import build_brief
from sounds.prompts.presets import load_hooks, load_themes
from sounds.prompts.specs import HookSpec, ThemeSpec, VariationSpec


@dataclass(frozen=True, slots=True)
class Made:
    """One rendered and mastered sound with the time each step took."""

    theme: ThemeSpec
    variation: VariationSpec | None
    hook: HookSpec
    brief: Brief
    audio: np.ndarray
    measures: Measures
    score: int
    render_s: float
    master_s: float


@cache
def engine() -> ProceduralEngine:
    made = ProceduralEngine()
    made.load(lambda fraction, message: None)
    return made


def make(theme: ThemeSpec, variation: VariationSpec | None, hook: HookSpec, seed: int) -> Made:
    brief = build_brief(hook=hook, theme=theme, variation=variation, seed=seed, engine=CARD)
    begun = time.perf_counter()
    raw = next(engine().generate([brief], lambda index, fraction, message: None))
    rendered = time.perf_counter()
    audio = master(
        raw, profile=brief.profile, duration_s=brief.duration_s, loudness_lufs=brief.loudness_lufs
    ).audio
    measures = measure(audio)
    score = judge(measures, intended_lufs=brief.loudness_lufs).score
    done = time.perf_counter()
    return Made(theme, variation, hook, brief, audio, measures, score, rendered - begun, done - rendered)


@cache
def themes_by_hooks() -> tuple[Made, ...]:
    """Every theme × hook, without variations."""
    return tuple(make(theme, None, hook, seed=1) for theme in load_themes() for hook in load_hooks())


def families() -> Iterator[tuple[ThemeSpec, VariationSpec | None]]:
    """Every theme by itself and with each of its variations."""
    for theme in load_themes():
        yield theme, None
        for variation in theme.variations:
            yield theme, variation
