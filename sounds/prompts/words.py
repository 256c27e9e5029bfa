"""Reads a prompt for engines that play: every word it knows turns something, and says what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sounds.prompts.merge import merged
from sounds.prompts.presets import read_toml
from sounds.prompts.seeds import derive_seed

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LONGEST = 3  # words in the longest phrase of words.toml

_NEGATIONS = frozenset(["no", "not", "without", "non", "never", "isn't", "don't"])
_MORE = {"very": 1.4, "extra": 1.4, "really": 1.4, "super": 1.5, "extremely": 1.6, "quite": 1.1, "too": 1.2}
_LESS = {"slightly": 0.5, "somewhat": 0.6, "less": -0.5, "rather": 0.8, "bit": 0.5, "touch": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a prompt asks an engine that plays to do.

    Attributes
    ----------
    knobs
        Added to the knobs.
    voice
        Laid over the voice.
    material
        Whose layers (``materials.toml``) take the place of the theme's, or ``""``.
    exciter
        Whose layers are added to those of the material (its own where none is named), or ``""``.
    transpose
        Semitones.
    tempo
        Factor on the speed of the notes.
    repeat
        How often the motif is played.
    contour
        rising, falling, question, level, wobble, the intent of a hook, or ``""``.
    count
        Number of notes, 0 where nothing was said.
    theme
        Slug of a theme, or ``""``.
    loudness_db
        Added to the loudness target.
    explanations
        (word, what it does), in the order of the prompt, for people to see.
    unknown
        Words without a meaning here; they alone decide `dice`.
    """

    knobs: Mapping[str, float] = field(default_factory=dict)
    voice: Mapping[str, Any] = field(default_factory=dict)
    material: str = ""
    exciter: str = ""
    transpose: float = 0.0
    tempo: float = 1.0
    repeat: int = 1
    contour: str = ""
    count: int = 0
    theme: str = ""
    loudness_db: float = 0.0
    explanations: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def dice(self) -> int | None:
        """Seed for what the known words leave open; ``None`` when every word is known."""
        return derive_seed("prompt", *self.unknown) if self.unknown else None


def read_prompt(text: str) -> Reading:
    """Read a prompt.

    "very" and "slightly" scale the next word; "no", "not" and "without" turn it round or leave it out.
    Where two words contradict each other the later one wins; knobs, pitch and loudness add up.
    """
    reader = _Reader()
    for phrase, entry, amount in _phrases(text):
        if entry is None:
            reader.unknown(phrase)
        elif amount < 0:
            reader.negate(phrase, entry, amount)
        else:
            reader.take(phrase, entry, amount)
    return reader.reading()


def vocabulary() -> tuple[str, ...]:
    """Every word and phrase that is understood."""
    return tuple(_vocabulary())


class _Reader:
    """Collects what the words ask for."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._knobs: dict[str, float] = {}
        self._voice: dict[str, Any] = {}
        self._last: dict[str, Any] = {}
        self._explanations: list[tuple[str, str]] = []
        self._unknown: list[str] = []

    def take(self, phrase: str, entry: Mapping[str, Any], amount: float) -> None:
        self._turn(entry, amount)
        self._voice = merged(self._voice, entry.get("voice", {}))
        self._sums["transpose"] = self._sums.get("transpose", 0.0) + entry.get("transpose", 0.0)
        for key in ("material", "exciter", "tempo", "repeat", "contour", "count", "theme"):
            if key in entry:
                self._last[key] = entry[key]
        self._explanations.append((phrase, entry["sentence"]))

    def negate(self, phrase: str, entry: Mapping[str, Any], amount: float) -> None:
        self._voice = merged(self._voice, entry.get("without", {}))
        self._turn(entry, amount)
        turns = entry.get("knobs") or entry.get("loudness_db") or entry.get("without")
        self._explanations.append(
            (f"not {phrase}", f"the opposite of “{entry['sentence']}”" if turns else "left out")
        )

    def unknown(self, phrase: str) -> None:
        self._unknown.append(phrase)
        sentence = "has no meaning to the synthesizer; it decides by chance what the other words leave open"
        self._explanations.append((phrase, sentence))

    def reading(self) -> Reading:
        knobs = {name: max(-1.0, min(1.0, round(value, 3))) for name, value in self._knobs.items()}
        return Reading(
            knobs=knobs,
            voice=self._voice,
            transpose=max(-24.0, min(24.0, self._sums.get("transpose", 0.0))),
            loudness_db=max(-8.0, min(4.0, self._sums.get("loudness_db", 0.0))),
            explanations=tuple(self._explanations),
            unknown=tuple(self._unknown),
            **self._last,
        )

    def _turn(self, entry: Mapping[str, Any], amount: float) -> None:
        for name, change in entry.get("knobs", {}).items():
            self._knobs[name] = self._knobs.get(name, 0.0) + amount * change
        loudness_db = amount * entry.get("loudness_db", 0.0)
        self._sums["loudness_db"] = self._sums.get("loudness_db", 0.0) + loudness_db


def _phrases(text: str) -> Iterator[tuple[str, Mapping[str, Any] | None, float]]:
    """Yield each meaningful phrase, its entry (``None`` if unknown) and how strongly it is meant."""
    words = [word.lower() for word in _TOKEN.findall(text)]
    at, amount = 0, 1.0
    while at < len(words):
        word = words[at]
        length, entry = _lookup(words[at : at + _LONGEST])
        if entry is not None:
            yield " ".join(words[at : at + length]), entry, amount
            amount = 1.0
        elif word in _NEGATIONS:
            amount = -0.8
        elif word in _MORE or word in _LESS:
            amount *= _MORE.get(word, _LESS.get(word, 1.0))
        elif word not in _silent():
            yield word, None, 1.0
            amount = 1.0
        at += length


def _lookup(words: list[str]) -> tuple[int, Mapping[str, Any] | None]:
    """The longest known phrase that begins here: how many words it takes, and its entry."""
    known = _vocabulary()
    for length in range(len(words), 0, -1):
        phrase = " ".join(words[:length])
        for form in (phrase, phrase.removesuffix("s"), phrase.removesuffix("es"), phrase.removesuffix("ly")):
            if form in known:
                return length, known[form]
    return 1, None


@cache
def _silent() -> frozenset[str]:
    """Words that say nothing about a sound."""
    return frozenset(word for line in read_toml("words.toml")["silent"] for word in line.split())


@cache
def _vocabulary() -> dict[str, Mapping[str, Any]]:
    """Every word and phrase of ``words.toml``."""
    return {word: entry for entry in read_toml("words.toml")["words"] for word in entry["words"]}
