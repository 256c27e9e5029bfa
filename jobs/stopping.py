"""Whether the workers of this process are to stop, for those who could begin something new."""

from __future__ import annotations

from collections.abc import Callable

_asked: Callable[[], bool] | None = None


def ask(flag: Callable[[], bool]) -> None:
    """Have `is_wanted` ask `flag`; forks inherit that."""
    global _asked
    _asked = flag


def is_wanted() -> bool:
    return bool(_asked and _asked())
