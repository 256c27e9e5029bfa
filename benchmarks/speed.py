"""Rendering and mastering, one sound at a time"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from benchmarks.figures import Figure
from benchmarks.library import make, themes_by_hooks


def measure() -> Iterator[Figure]:
    made = themes_by_hooks()
    yield Figure(
        name="procedural render, median", value=1e3 * median(m.render_s for m in made), target=20, unit="ms"
    )
    yield Figure(
        name="mastering and measuring, median",
        value=1e3 * median(m.master_s for m in made),
        target=15,
        unit="ms",
    )
    again = [make(m.theme, m.variation, m.hook, m.brief.seed) for m in made[:15]]
    differing = sum(not np.array_equal(a.audio, b.audio) for a, b in zip(made, again, strict=False))
    yield Figure(name="same Brief, other samples", value=differing, target=0, unit="sounds", digits=0)
