"""What a clean-up freed, and what it could not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Tell = Callable[[float, str], None]
"""Is told how far the clean-up is, 0 to 1, and what it does; may raise to end it between two steps."""

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Freed:
    """One kind of thing that went."""

    one: str
    many: str
    number: int
    bytes: int = 0

    @property
    def words(self) -> str:
        what = self.one if self.number == 1 else self.many.format(f"{self.number:,}")
        return f"{what} ({size(self.bytes)})" if self.bytes else what


@dataclass(slots=True)
class Report:
    """All that a clean-up did, or with `dry_run` would do."""

    dry_run: bool = False
    freed: list[Freed] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """Sentences about what somebody should know, though nothing failed."""
    failures: list[str] = field(default_factory=list)
    """Sentences about what should have gone and is still there."""

    def add(self, one: str, many: str, number: int, bytes_: int = 0) -> None:
        """Note that so many of a kind went; ``{}`` in `many` is where the number stands."""
        if number:
            self.freed.append(Freed(one, many, number, bytes_))

    def fail(self, path: Path, error: OSError) -> None:
        """Note what could not be removed, and why."""
        sentence = f"{path} cannot be removed: {error.strerror or error}; remove it by hand."
        if sentence not in self.failures:  # one step may come upon what another could not remove
            self.failures.append(sentence)

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.freed)

    @property
    def sentences(self) -> list[str]:
        """What is to be said of it: a line for each kind, the sum, then remarks and failures."""
        verb = "Would remove" if self.dry_run else "Removed"
        lines = [f"{verb} {one.words}." for one in self.freed] or ["Nothing is to be cleaned up."]
        if self.bytes:
            lines.append(f"{size(self.bytes)} {'would be' if self.dry_run else 'are'} free again.")
        return [*lines, *self.remarks, *self.failures]

    def as_dict(self) -> dict[str, Any]:
        return {
            "dry_run": self.dry_run,
            "bytes": self.bytes,
            "freed": [{"what": one.words, "number": one.number, "bytes": one.bytes} for one in self.freed],
            "remarks": self.remarks,
            "failures": self.failures,
        }


def size(bytes_: int) -> str:
    """Bytes as people read them."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if bytes_ >= factor:
            return f"{bytes_ / factor:.1f} {unit}"
    return f"{bytes_} bytes"


def some(names: list[str]) -> str:
    """The first few of them, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
