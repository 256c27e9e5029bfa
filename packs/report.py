"""What validation says: findings in words, and the verdicts that follow from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How much a finding weighs: an error makes the pack invalid for that player."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence about one place of the pack."""

    level: Level
    rules: str
    """Whose rule it is: ``archive``, ``manifest``, ``ccbell``, ``cesp``, ``gate`` or ``badge``."""
    where: str
    """The file or key it is about; ``""`` for the pack as a whole."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole verdict on a pack."""

    name: str
    version: str
    gate: str
    """The CESP registry's audio gate: ``gold``, ``silver`` or ``rejected``."""
    badge: bool
    """Whether it earns our own badge: even, quick, clean."""
    coverage: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Player to (events covered, events there are)."""
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Path in the pack to its `FileReport` as a dict."""

    @property
    def valid(self) -> bool:
        """Whether every player would take it."""
        return not any(f.level is Level.ERROR for f in self.findings)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"valid": self.valid}
