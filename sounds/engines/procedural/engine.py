"""The implementation behind the card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sounds.brief import Brief
from sounds.engines.base import Progress
from sounds.engines.procedural.player import play


class ProceduralEngine:
    """Plays Briefs; the same Brief gives the same array."""

    def load(self, progress: Callable[[float, str], None]) -> None:
        """Nothing to load; tables are made when they are first used."""
        progress(1.0, "ready")

    def generate(self, briefs: Sequence[Brief], progress: Progress) -> Iterator[np.ndarray]:
        """Yield one float32 array in [−1, 1], shape (brief.frames, 2), for each Brief in order."""
        for index, brief in enumerate(briefs):
            progress(index, 0.0, "playing")
            sound = play(brief)
            progress(index, 1.0, "played")
            yield sound

    def describe(self) -> dict[str, str]:
        return {"device": "cpu", "precision": "float64"}
