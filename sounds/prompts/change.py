"""Another sound from one there is: the same Brief, turned a little."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.prompts.build import check_numbers, checked_knobs, lengths_s


def changed(
    brief: Brief,
    engine: EngineCard,
    *,
    seed: int,
    knobs: Mapping[str, float] | None = None,
    duration_s: float | None = None,
    quality: str | None = None,
) -> Brief:
    """The Brief for `engine` as it is today, with another seed and whatever else is given.

    Without `duration_s` the length follows the knob ``length`` from where it stood: a full turn doubles or
    halves it, kept to what the engine can. Raises `PromptError` for what the engine cannot do.
    """
    if quality is None:
        quality = brief.quality if brief.quality in engine.capabilities.qualities else "standard"
    check_numbers(seed, duration_s, 0.0, engine, quality)
    turned = checked_knobs(brief.knobs if knobs is None else knobs, engine)
    if duration_s is None:
        turn = turned.get("length", 0.0) - brief.knobs.get("length", 0.0)
        low_s, high_s = lengths_s(engine)
        duration_s = max(low_s, min(high_s, round(brief.duration_s * math.exp2(turn), 3)))
    return replace(
        brief,
        engine=engine.id,
        engine_version=engine.version,
        seed=seed,
        duration_s=duration_s,
        knobs={name: position for name, position in turned.items() if position},
        quality=quality,
    )
