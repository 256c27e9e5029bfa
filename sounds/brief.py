"""The Brief: everything an engine and the mastering need to make one sound, as plain data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

SAMPLE_RATE_HZ = 44_100
MIN_DURATION_S = 0.5
MAX_DURATION_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One sound, fully decided: the same Brief and engine version give the same bytes.

    Attributes
    ----------
    engine
        Id of the engine that renders it, already resolved (never ``auto``).
    engine_version
        Version of that engine; another version may sound different.
    seed
        0 … 2³²−1.
    duration_s
        Exact length of the master, in seconds.
    loudness_lufs
        Intended loudness: the hook's target plus what the prompt asked for.
    prompt, negative_prompt
        Words for engines that read.
    score
        Notes for engines that play: the hook's motif, see `sounds.prompts`.
    voice
        Instrument for engines that play: theme, variation and prompt words merged.
    knobs
        Knob name to position in −1 … 1, 0 being neutral; a knob left out is neutral.
    profile
        Mastering profile: ``notification`` for now.
    quality
        ``draft``, ``standard`` or ``exact``, for engines that know the difference.
    """

    engine: str
    engine_version: str
    seed: int
    duration_s: float
    loudness_lufs: float
    prompt: str
    negative_prompt: str = ""
    hook: str = ""
    theme: str = ""
    variation: str = ""
    score: Mapping[str, Any] = field(default_factory=dict)
    voice: Mapping[str, Any] = field(default_factory=dict)
    knobs: Mapping[str, float] = field(default_factory=dict)
    profile: str = "notification"
    quality: str = "standard"

    @property
    def frames(self) -> int:
        """Number of frames of the master."""
        return round(self.duration_s * SAMPLE_RATE_HZ)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every field: equal exactly when the sounds would be equal."""
        text = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """The Brief as JSON-ready data; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Brief:
        """Read a Brief back; raises ``ValueError`` naming any field it does not know."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"A brief has no field {', '.join(unknown)}.")
        return cls(**data)
