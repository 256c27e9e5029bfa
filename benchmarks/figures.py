"""A figure with its target, and how a run of them is shown."""

from __future__ import annotations

import json
import operator
import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

COMPARE: dict[str, Callable[[float, float], bool]] = {"≤": operator.le, "≥": operator.ge, "=": operator.eq}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value beside what was promised; without a target it is there to be read."""

    name: str
    value: float
    target: float | None = None
    unit: str = ""
    sense: str = "≤"
    digits: int = 2

    @property
    def met(self) -> bool:
        return self.target is None or COMPARE[self.sense](round(self.value, self.digits + 1), self.target)

    def line(self) -> str:
        value = f"{self.value:.{self.digits}f} {self.unit}".strip()
        if self.target is None:
            return f"        {self.name:<64} {value:>14}"
        mark = "ok  " if self.met else "MISS"
        target = f"{self.sense} {self.target:g} {self.unit}".strip()
        return f"  {mark}  {self.name:<64} {value:>14}   {target}"


def show(title: str, figures: Iterable[Figure]) -> list[Figure]:
    """Print figures as they come, and return them."""
    print(f"\n{title}", flush=True)
    shown = []
    for figure in figures:
        print(figure.line(), flush=True)
        shown.append(figure)
    return shown


def keep(figures: list[Figure], path: Path) -> None:
    """Leave the run in a machine-readable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
        "figures": [asdict(figure) | {"met": figure.met} for figure in figures],
    }
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False))
