"""Progress and tables for people at a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

FILLED, EMPTY = "█", "░"


class ProgressBar:
    """One line on standard error that is written over; silent where nobody watches."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self.label = label
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()

    def show(self, fraction: float, message: str = "") -> None:
        if not self.live:
            return
        columns = shutil.get_terminal_size().columns
        width = max(min(30, columns - len(self.label) - 32), 5)
        filled = round(width * min(max(fraction, 0.0), 1.0))
        line = f"{self.label} {FILLED * filled}{EMPTY * (width - filled)} {message}"
        self.stream.write(f"\r\x1b[K{line[: columns - 1]}")
        self.stream.flush()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def python_command() -> str:
    """This interpreter as the person would type it."""
    here = Path(sys.prefix, "bin", "python")
    return str(here.relative_to(Path.cwd())) if here.is_relative_to(Path.cwd()) else "python"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> str:
    """Columns as wide as their widest cell; those named in `right` are set flush right."""
    widths = [max(len(cell) for cell in column) for column in zip(heads, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        placed = [
            cell.rjust(width) if head in right else cell.ljust(width)
            for head, cell, width in zip(heads, cells, widths, strict=True)
        ]
        return "  ".join(placed).rstrip()

    return "\n".join([line(heads), line(["─" * width for width in widths]), *map(line, rows)])
