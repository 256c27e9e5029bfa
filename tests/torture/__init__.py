"""The parts of ``make torture`` in a shorter form: everything must hold, however long it takes."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.figures import Figure

TIMES = ("s", "ms")


def missed(figures: Iterable[Figure]) -> list[str]:
    """Figures that are not as promised; times, which the machine's other work decides, are left out."""
    return [figure.line() for figure in figures if not figure.met and figure.unit not in TIMES]
