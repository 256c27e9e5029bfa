"""What goes into a pack, as plain data: the formats write from this and know nothing of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = ("pack", "version", "author", "homepage", "file", "sha256")
"""What is told of the pack that a sound was imported from, in that one's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile:
    """One encoded file of a sound: where its bytes lie now and what they are."""

    format: str
    source: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSound:
    """One sound of a pack, with the provenance that every manifest may draw on."""

    hook: str
    title: str
    description: str
    claude_event: str
    ccbell_event: str
    cesp_category: str
    duration_s: float
    loudness_lufs: float
    intended_lufs: float
    true_peak_dbtp: float
    quality: int
    engine: str
    engine_version: str
    prompt: str
    seed: int
    theme: str
    variation: str
    licence: str
    attribution: str
    files: Mapping[str, PackFile]
    """Format name to file; ``wav`` is always there."""
    source: Mapping[str, str] = field(default_factory=dict)
    """The first pack that it was in, by the keys of `SOURCE`; empty for a sound that was in none before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContent:
    """A pack before it is zipped. ``created_at`` is ISO 8601 in UTC and comes from the rows."""

    name: str
    display_name: str
    version: str
    description: str
    author: str
    author_github: str = ""
    licence: str = "CC0-1.0"
    homepage: str = ""
    language: str = "en"
    theme: str
    variation: str = ""
    tags: Sequence[str] = field(default_factory=tuple)
    created_at: str
    generator_version: str
    sounds: Sequence[PackSound]
