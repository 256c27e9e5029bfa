"""Hooks, themes and variations as plain data, wherever they are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Self

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S
from sounds.prompts.score import Note, read_notes

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class _Spec:
    """Reads a spec from a mapping, saying which key is wrong."""

    __slots__ = ()

    @classmethod
    def _values(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        what = cls.__name__.removesuffix("Spec").lower()
        if not isinstance(data, Mapping):
            raise ValueError(f"A {what} must be a table, not {data!r}.")
        known = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
        name = f"{what} {data['slug']!r}" if isinstance(data.get("slug"), str) else what
        if unknown := sorted(set(data) - set(known)):
            raise ValueError(f"The {name} has a key {unknown[0]!r} that nobody knows.")
        needed = [f.name for f in known.values() if f.default is MISSING and f.default_factory is MISSING]
        if missing := [key for key in needed if key not in data]:
            raise ValueError(f"The {name} lacks the key {missing[0]!r}.")
        for key, value in data.items():
            _check_type(name, key, value, str(known[key].type))
        if not _SLUG.fullmatch(data["slug"]):
            raise ValueError(f"The {name} needs a slug of small letters, digits, - and _.")
        return dict(data)


def _check_type(name: str, key: str, value: Any, annotation: str) -> None:
    wanted, what = {
        "str": (str, "text"),
        "float": (int | float, "a number"),
    }.get(annotation.split("[")[0], (object, ""))
    if annotation.startswith("Mapping"):
        wanted, what = Mapping, "a table"
    if annotation.startswith("tuple"):
        wanted, what = Sequence, "a list"
    wrong_list = what == "a list" and isinstance(value, str)
    if isinstance(value, bool) or wrong_list or not isinstance(value, wanted):
        raise ValueError(f"The {name} has {key} = {value!r}; it must be {what}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSpec(_Spec):
    """An event of a coding agent that can sound.

    Attributes
    ----------
    description
        One line: when it sounds.
    intent
        What it means, in a word: welcome, success, error, question …
    gesture
        Words for an engine that reads: source gesture, contour, mood.
    length_s, loudness_lufs
        Length and momentary loudness unless someone asks for another.
    motif
        The notes, for engines that play.
    claude_events
        Events of Claude Code, the preferred one first; ``Event:matcher`` where it has a matcher.
    ccbell_event, cesp_category
        Its name there, or ``""`` where there is none.
    """

    slug: str
    name: str
    description: str
    intent: str
    gesture: str
    length_s: float
    loudness_lufs: float
    motif: tuple[Note, ...]
    claude_events: tuple[str, ...] = ()
    ccbell_event: str = ""
    cesp_category: str = ""

    @property
    def claude_event(self) -> str:
        """The preferred event of Claude Code, or ``""``."""
        return self.claude_events[0] if self.claude_events else ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a hook; raises ``ValueError`` naming the key that is wrong."""
        plain = dict(data)
        if "claude_event" in plain:  # the short form, for one event
            plain.setdefault("claude_events", [plain["claude_event"]] if plain["claude_event"] else [])
            del plain["claude_event"]
        values = cls._values(plain)
        try:
            values["motif"] = read_notes(values["motif"])
        except ValueError as error:
            raise ValueError(f"The hook {values['slug']!r} has a wrong motif: {error}") from None
        values["claude_events"] = tuple(values.get("claude_events", ()))
        hook = cls(**values)
        if not MIN_DURATION_S <= hook.length_s <= MAX_DURATION_S:
            raise ValueError(f"The hook {hook.slug!r} has length_s = {hook.length_s}; it must be 0.5 … 5.")
        if not -40 <= hook.loudness_lufs <= -8:
            raise ValueError(
                f"The hook {hook.slug!r} has loudness_lufs = {hook.loudness_lufs}; it must be −40 … −8."
            )
        return hook

    def as_dict(self) -> dict[str, Any]:
        """The hook as JSON-ready data; `from_dict` reads it back."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {
            "motif": [note.as_dict() for note in self.motif],
            "claude_events": list(self.claude_events),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationSpec(_Spec):
    """Another member of a theme's family.

    Attributes
    ----------
    style
        Words added to the theme's for an engine that reads.
    voice
        What differs from the theme's voice, laid over it key by key.
    """

    slug: str
    name: str
    description: str
    style: str
    voice: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a variation; raises ``ValueError`` naming the key that is wrong."""
        return cls(**cls._values(data))

    def as_dict(self) -> dict[str, Any]:
        """The variation as JSON-ready data; `from_dict` reads it back."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSpec(_Spec):
    """A family of sounds.

    Attributes
    ----------
    style
        Words for an engine that reads.
    colour
        Accent of its card, ``#rrggbb``.
    tempo
        1 is a beat of 0.10 s; 2 is twice as fast.
    tonic
        Note that 0 semitones stands for, such as ``A4`` or ``F#3``.
    voice
        Every parameter of the procedural instrument, see `sounds.engines.procedural.voice`.
    """

    slug: str
    name: str
    description: str
    style: str
    colour: str
    tempo: float
    tonic: str
    voice: Mapping[str, Any]
    variations: tuple[VariationSpec, ...] = ()

    def variation(self, slug: str) -> VariationSpec:
        """The variation of that slug; raises ``ValueError`` listing those there are."""
        for variation in self.variations:
            if variation.slug == slug:
                return variation
        names = ", ".join(variation.slug for variation in self.variations) or "none"
        raise ValueError(f"The theme {self.slug} has no variation {slug!r}; it has {names}.")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a theme; raises ``ValueError`` naming the key that is wrong."""
        values = cls._values(data)
        values["variations"] = tuple(
            item if isinstance(item, VariationSpec) else VariationSpec.from_dict(item)
            for item in values.get("variations", ())
        )
        theme = cls(**values)
        if not _COLOUR.fullmatch(theme.colour):
            raise ValueError(f"The theme {theme.slug!r} has colour = {theme.colour!r}; write it as #rrggbb.")
        if not 0.25 <= theme.tempo <= 4:
            raise ValueError(f"The theme {theme.slug!r} has tempo = {theme.tempo}; it must be 0.25 … 4.")
        slugs = [variation.slug for variation in theme.variations]
        if twice := {slug for slug in slugs if slugs.count(slug) > 1}:
            raise ValueError(f"The theme {theme.slug!r} has the variation {min(twice)!r} twice.")
        return theme

    def as_dict(self) -> dict[str, Any]:
        """The theme as JSON-ready data; `from_dict` reads it back."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {"variations": [variation.as_dict() for variation in self.variations]}
