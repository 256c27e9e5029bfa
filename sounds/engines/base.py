"""What an engine is: a card the studio can read without loading anything, and an implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S, Brief

if TYPE_CHECKING:
    import numpy as np


class Progress(Protocol):
    """How an engine tells of its work, sound by sound; the index is that of the Brief."""

    def __call__(self, index: int, fraction: float, message: str) -> bool:
        """Report how far a sound is (0 … 1); False when nobody wants it any more.

        An engine may then leave that sound out and yield None for it. Raises when no sound at all is
        wanted any more: let it through.
        """

    def wants(self, index: int) -> bool:
        """Whether anybody still wants that sound, without a report; raises like a report."""

    def step(self, fraction: float, message: str) -> None:
        """Report what is done for all sounds at once."""

    def note(self, index: int, sentence: str) -> None:
        """Tell the person something about how this sound was made, such as a fallback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can be asked for; asking for more is refused in words."""

    kinds: frozenset[str] = frozenset({"notification"})
    min_duration_s: float = MIN_DURATION_S
    max_duration_s: float = MAX_DURATION_S
    seed: bool = True
    negative_prompt: bool = False
    init_audio: bool = False
    steps: bool = False
    loop: bool = False
    knobs: bool = False
    qualities: frozenset[str] = frozenset({"standard"})
    quality_remarks: Mapping[str, str] = field(default_factory=dict)
    """Quality to what a person should know before choosing it."""
    batch_size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCard:
    """What the studio knows of an engine without importing it.

    Attributes
    ----------
    implementation
        ``"package.module:Class"``, imported in the render host only.
    lane
        The queue's lane its jobs run in.
    exclusive
        Only one host of it may be alive on a machine (it is large).
    auto_rank
        ``auto`` takes the available engine of the highest rank; None is never taken by itself.
    licence, attribution
        Of the sounds it makes (SPDX id where there is one).
    """

    id: str
    title: str
    version: str
    implementation: str
    lane: str
    licence: str
    attribution: str = ""
    exclusive: bool = False
    auto_rank: int | None = None
    capabilities: Capabilities = field(default_factory=Capabilities)

    def why_unavailable(self) -> str:
        """One sentence saying what is missing, or ``""`` when the engine can work."""
        return ""


class Engine(Protocol):
    """The part that lives in the render host."""

    def load(self, progress: Callable[[float, str], None]) -> None:
        """Make ready; called once, before the first `generate`."""

    def generate(
        self, briefs: Sequence[Brief], progress: Progress
    ) -> Iterator[np.ndarray | Exception | None]:
        """Yield one float32 array in [−1, 1], shape (frames, channels), per Brief, in their order.

        A sound that cannot be made is yielded as the exception that says why, so that the others go on;
        one that nobody wants any more as None.
        """

    def describe(self) -> dict[str, str]:
        """What a person may want to know of the loaded engine: ``device``, ``precision`` …"""
