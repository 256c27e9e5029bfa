"""Notes as plain data: the motif of a hook, and the score that a Brief carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

BEAT_S = 0.10
"""A beat at tempo 1, in a sound of its score's nominal length, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, or several struck together.

    Attributes
    ----------
    at
        When it starts, in beats from the beginning.
    semitones
        Pitches struck together, in semitones from the tonic of the theme.
    length
        How long it is held, in beats; then it is damped.
    level
        0 … 1, the loudest note of a motif being 1.
    pan
        −1 left … 1 right.
    glide
        Semitones the pitch moves while the note is held; positive is up.
    rough
        0 … 1: how much the instrument may rattle, buzz or hiss here.
    bloom
        0 … 1: how much of the theme's own chord is laid around this note.
    """

    at: float = 0.0
    semitones: tuple[float, ...] = (0.0,)
    length: float = 1.0
    level: float = 1.0
    pan: float = 0.0
    glide: float = 0.0
    rough: float = 0.0
    bloom: float = 0.0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Note:
        """Read a note; raises ``ValueError`` naming the key that is wrong."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"A note has no key {unknown[0]!r}.")
        values = {key: _number(key, data[key]) for key in data if key != "semitones"}
        semitones = tuple(_number("semitones", pitch) for pitch in data.get("semitones", (0.0,)))
        note = cls(semitones=semitones, **values)
        note._check()
        return note

    def _check(self) -> None:
        bounds = {
            "at": (0, 64),
            "length": (0.05, 64),
            "level": (0, 1),
            "pan": (-1, 1),
            "glide": (-24, 24),
            "rough": (0, 1),
            "bloom": (0, 1),
        }
        for key, (low, high) in bounds.items():
            if not low <= getattr(self, key) <= high:
                raise ValueError(f"The note's {key} must lie in {low} … {high}, not {getattr(self, key)}.")
        if not self.semitones or any(abs(pitch) > 48 for pitch in self.semitones):
            raise ValueError("The note's semitones must be a list of numbers in −48 … 48.")

    def as_dict(self) -> dict[str, Any]:
        """The note as JSON-ready data without what is at its default."""
        plain = {key: value for key, value in asdict(self).items() if value != _DEFAULTS[key]}
        return {"at": self.at, **plain, "semitones": list(self.semitones)}


_DEFAULTS = asdict(Note())


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What to play.

    Attributes
    ----------
    length_s
        Length at which a beat lasts `BEAT_S`; another length stretches the beats with it.
    notes
        In any order.
    """

    length_s: float
    notes: tuple[Note, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Score:
        """Read a score; raises ``ValueError`` naming the key that is wrong."""
        if unknown := sorted(set(data) - {"length_s", "notes"}):
            raise ValueError(f"A score has no key {unknown[0]!r}.")
        length_s = _number("length_s", data.get("length_s", 1.0))
        if length_s <= 0:
            raise ValueError("The score's length_s must be above 0.")
        return cls(length_s=length_s, notes=read_notes(data.get("notes", ())))

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON-ready data; `from_dict` reads it back."""
        return {"length_s": self.length_s, "notes": [note.as_dict() for note in self.notes]}


def read_notes(data: Iterable[Mapping[str, Any]]) -> tuple[Note, ...]:
    """Read a motif; raises ``ValueError`` when it is empty or a note is wrong."""
    if isinstance(data, str | Mapping) or not isinstance(data, Sequence) or not data:
        raise ValueError("A motif must be a list of at least one note.")
    return tuple(item if isinstance(item, Note) else Note.from_dict(item) for item in data)


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError(f"{key} must be a number, not {value!r}.")
    return float(value)
