"""Turns a wish (hook, theme, words, knobs) into a Brief."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import Any

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S, Brief
from sounds.engines.base import EngineCard
from sounds.prompts.contour import compose, contour_of, repeated
from sounds.prompts.knobs import check_knobs
from sounds.prompts.merge import merged
from sounds.prompts.phrase import negative_phrase, phrase
from sounds.prompts.presets import load_themes, read_toml
from sounds.prompts.score import Note, Score
from sounds.prompts.seeds import MAX_SEED
from sounds.prompts.specs import HookSpec, ThemeSpec, VariationSpec
from sounds.prompts.words import Reading, read_prompt

MAX_PROMPT_LENGTH = 1_000
USUAL_LENGTH_S = 1.0
USUAL_LOUDNESS_LUFS = -18.0
"""Of a sound that belongs to no hook."""

_QUIETEST_LUFS, _LOUDEST_LUFS = -36.0, -11.0
_MOST_OFFSET_DB = 12.0
_DICE_THEMES = ("minimal", "sci-fi", "nature", "mechanical", "ambient", "jazz", "retro-8bit")
_HEARD_S = {1: 0.75, 2: 0.95, 3: 1.15, 4: 1.5}
"""Notes to the seconds after which they have fallen 35 dB below full scale in every theme, with a margin."""
_SHORT_LIVED = frozenset(["wood", "pluck", "knock", "wood_body", "dry"])
_DICE_KNOBS = {"brightness": 0.5, "pitch": 0.5, "tempo": 0.5, "space": 0.4}


class PromptError(ValueError):
    """A wish that cannot be granted; its text is one sentence saying what to do, `field` what is wrong."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def build_brief(
    *,
    hook: HookSpec | None,
    theme: ThemeSpec | None,
    variation: VariationSpec | None = None,
    prompt: str = "",
    seed: int,
    engine: EngineCard,
    duration_s: float | None = None,
    loudness_offset_db: float = 0.0,
    knobs: Mapping[str, float] | None = None,
    quality: str = "standard",
) -> Brief:
    """Decide everything about one sound; the same arguments give an equal Brief.

    Parameters
    ----------
    hook
        Gives motif, length and loudness; ``None`` for a sound that belongs to no hook.
    theme, variation
        Give the voice; without a theme the prompt alone decides and must not be empty.
    prompt
        Words of a person. An engine that reads gets them first; for one that plays they change the
        score, the voice and the loudness as `sounds.prompts.words.read_prompt` says.
    seed
        0 … 2³²−1, see `sounds.prompts.seeds.derive_seed`.
    duration_s
        Length to start from instead of the hook's; the knob ``length`` halves or doubles it.
    loudness_offset_db
        Added to the hook's loudness.
    knobs
        Positions in −1 … 1; the Brief carries them as given, so `mutate` can go on from there.

    Raises
    ------
    PromptError
        When something asked for cannot be; the text says what to do.
    """
    prompt = prompt.strip()
    _check_words(prompt, theme, variation)
    check_numbers(seed, duration_s, loudness_offset_db, engine, quality)
    turned = checked_knobs(knobs or {}, engine)
    reading = read_prompt(prompt)
    chance = Random(reading.dice) if reading.dice is not None else None
    played_theme, played_variation = _theme(theme, variation, reading, chance)
    length_s = hook.length_s if hook else USUAL_LENGTH_S
    usual_s = min(length_s, _longest_s(reading)) if engine.capabilities.knobs else length_s
    final_s = _duration_s(usual_s if duration_s is None else duration_s, turned, reading, engine)
    loudness_lufs = hook.loudness_lufs if hook else USUAL_LOUDNESS_LUFS
    loudness_lufs += loudness_offset_db + reading.loudness_db
    return Brief(
        engine=engine.id,
        engine_version=engine.version,
        seed=seed,
        duration_s=final_s,
        loudness_lufs=round(max(_QUIETEST_LUFS, min(_LOUDEST_LUFS, loudness_lufs)), 2),
        prompt=phrase(hook=hook, theme=theme, variation=variation, prompt=prompt, duration_s=final_s),
        negative_prompt=negative_phrase(theme=theme, variation=variation, prompt=prompt),
        hook=hook.slug if hook else "",
        theme=theme.slug if theme else "",
        variation=variation.slug if variation else "",
        score=Score(length_s=length_s, notes=_notes(hook, reading, chance)).as_dict(),
        voice=_voice(played_theme, played_variation, reading) | _bias(reading, chance, theme),
        knobs={name: position for name, position in turned.items() if position},
        quality=quality,
    )


def _check_words(prompt: str, theme: ThemeSpec | None, variation: VariationSpec | None) -> None:
    if len(prompt) > MAX_PROMPT_LENGTH:
        raise PromptError(
            f"The prompt is {len(prompt):,} characters long; shorten it to {MAX_PROMPT_LENGTH:,} or fewer.",
            "prompt",
        )
    if theme is None and not prompt:
        raise PromptError("Choose a theme, or describe the sound in a prompt.", "theme")
    if theme is None and variation is not None:
        raise PromptError(f"Choose the theme that the variation {variation.slug} belongs to.", "theme")


def check_numbers(
    seed: int, duration_s: float | None, loudness_offset_db: float, engine: EngineCard, quality: str
) -> None:
    """Raise `PromptError` for a number that is out of range, or a quality the engine does not know."""
    low_s, high_s = lengths_s(engine)
    if duration_s is not None and not low_s <= duration_s <= high_s:
        raise PromptError(
            f"Choose a length from {low_s:g} to {high_s:g} seconds instead of {duration_s:g}.", "duration_s"
        )
    if not abs(loudness_offset_db) <= _MOST_OFFSET_DB:
        raise PromptError(
            f"Choose a loudness offset from −12 to 12 dB instead of {loudness_offset_db:g}.",
            "loudness_offset_db",
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise PromptError(
            f"Choose a whole number from 0 to {MAX_SEED} as the seed instead of {seed!r}.", "seed"
        )
    if quality not in engine.capabilities.qualities:
        known = ", ".join(sorted(engine.capabilities.qualities))
        raise PromptError(
            f"The engine {engine.id} has no quality {quality!r}; choose one of: {known}.", "quality"
        )


def checked_knobs(knobs: Mapping[str, float], engine: EngineCard) -> dict[str, float]:
    """The knobs as floats; raises `PromptError` for one that there is not, or that the engine has not."""
    try:
        turned = check_knobs(knobs)
    except ValueError as error:
        raise PromptError(str(error), "knobs") from None
    stuck = [name for name, position in turned.items() if position and name != "length"]
    if stuck and not engine.capabilities.knobs:
        raise PromptError(f"The engine {engine.id} has no knob {stuck[0]}; leave it at 0.", "knobs")
    return turned


def _duration_s(asked_s: float, knobs: Mapping[str, float], reading: Reading, engine: EngineCard) -> float:
    """The length, doubled or halved by a full turn of the knob, kept to what the engine can."""
    turn = max(-1.0, min(1.0, knobs.get("length", 0.0) + reading.knobs.get("length", 0.0)))
    low_s, high_s = lengths_s(engine)
    return max(low_s, min(high_s, round(asked_s * math.exp2(turn), 3)))


def _longest_s(reading: Reading) -> float:
    """How long a prompt's few notes, or its short-lived material, can be heard: no sound ends in silence."""
    longest_s = _HEARD_S.get(reading.count, MAX_DURATION_S)
    if {reading.material, reading.exciter} & _SHORT_LIVED:
        longest_s = min(longest_s, _HEARD_S[4]) * 0.8
    return longest_s


def lengths_s(engine: EngineCard) -> tuple[float, float]:
    """The shortest and the longest sound that may be asked of an engine."""
    can = engine.capabilities
    return max(MIN_DURATION_S, can.min_duration_s), min(MAX_DURATION_S, can.max_duration_s)


def _theme(
    theme: ThemeSpec | None, variation: VariationSpec | None, reading: Reading, chance: Random | None
) -> tuple[ThemeSpec, VariationSpec | None]:
    """The theme that lends its voice: the one chosen, else the prompt's, else one by chance."""
    if theme is not None:
        return theme, variation
    presets = {preset.slug: preset for preset in load_themes()}
    if reading.theme or chance is None:
        return presets[reading.theme or "minimal"], None
    drawn = presets[chance.choice(_DICE_THEMES)]
    return drawn, chance.choice((None, *drawn.variations))


def _notes(hook: HookSpec | None, reading: Reading, chance: Random | None) -> tuple[Note, ...]:
    """The hook's motif, or one for the contour and number of notes that the words ask for."""
    if reading.contour:
        notes = compose(reading.contour, reading.count)
    elif reading.count:
        notes = compose(contour_of(hook.motif) if hook else "level", reading.count)
    elif hook:
        notes = hook.motif
    elif chance:
        notes = compose(chance.choice(("rising", "falling", "question", "level")), chance.randint(1, 4))
    else:
        notes = compose("level", 1)
    return repeated(notes, reading.repeat)


def _voice(theme: ThemeSpec, variation: VariationSpec | None, reading: Reading) -> dict[str, Any]:
    """Theme, variation and words merged into one instrument."""
    voice: dict[str, Any] = merged({"tonic": theme.tonic, "tempo": theme.tempo}, theme.voice)
    voice = merged(voice, variation.voice if variation else {})
    voice |= _layers(reading)
    voice = merged(voice, reading.voice)
    voice["tune"] = voice.get("tune", 0.0) + reading.transpose
    voice["tempo"] = round(voice["tempo"] * reading.tempo, 4)
    return voice


def _bias(reading: Reading, chance: Random | None, theme: ThemeSpec | None) -> dict[str, Any]:
    """Turns of the knobs by the words, and by chance where they say nothing.

    A sound of a theme stays in its key: chance does not move its pitch.
    """
    bias = {name: change for name, change in reading.knobs.items() if name != "length" and change}
    for name, most in _DICE_KNOBS.items():
        if chance and name not in bias and not (theme and name == "pitch"):
            bias[name] = round(chance.uniform(-most, most), 3)
    return {"bias": bias} if bias else {}


def _layers(reading: Reading) -> dict[str, Any]:
    """The layers that the words name, as a change of the voice."""
    if not reading.material and not reading.exciter:
        return {}
    materials = read_toml("materials.toml")
    material = reading.material or f"{reading.exciter}_body"
    return {"layers": materials[material] | materials.get(reading.exciter, {})}
