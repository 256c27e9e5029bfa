"""A sound's shape as a small SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

WIDTH, HEIGHT, BARS = 180, 36, 60


def svg(peaks: Sequence[float], *, colour: str = "#5b8def") -> str:
    """Bars mirrored about the middle from peaks in −1 … 1, however many there are."""
    heights = [max(abs(peak) for peak in part) for part in _parts(peaks, BARS)] or [0.0]
    step = WIDTH / len(heights)
    loudest = max(heights) or 1.0
    bars = "".join(
        f"M{step * (number + 0.5):.1f} {_y(-height / loudest):.1f}V{_y(height / loudest):.1f}"
        for number, height in enumerate(heights)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="waveform">'
        f'<path d="{bars}" stroke="{colour}" stroke-width="{step * 0.6:.1f}" stroke-linecap="round"/></svg>'
    )


def _y(height: float) -> float:
    return HEIGHT / 2 * (1 + max(abs(height), 0.04) * (1 if height >= 0 else -1) * 0.92)


def _parts(values: Sequence[float], number: int) -> list[Sequence[float]]:
    edges = [round(index * len(values) / number) for index in range(number + 1)]
    return [values[a:b] for a, b in pairwise(edges) if b > a]
