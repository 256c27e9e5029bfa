"""Words for engines that read: source, gesture, mood, length, and what must not be heard."""

from __future__ import annotations

from sounds.prompts.specs import HookSpec, ThemeSpec, VariationSpec

_LENGTHS = ((0.7, "very short"), (1.3, "short"), (2.5, "brief"), (6.0, "unhurried"))
_ROOMS = ("reverb", "echo", "hall", "cathedral", "room", "spacious", "distant", "underwater")
_CLEAN = "isolated, clean, high quality stereo"
"""Nothing that is not to be heard: a text encoder takes in the noun and overlooks the “no”."""
_UNWANTED = (
    "speech, talking, lyrics, background noise, hiss, hum, crowd, traffic, drum loop, music bed, distortion, "
    "clipping, harsh, piercing, abrupt cut, long silence, low quality"
)


def phrase(
    *,
    hook: HookSpec | None,
    theme: ThemeSpec | None,
    variation: VariationSpec | None,
    prompt: str,
    duration_s: float,
) -> str:
    """A prompt worth giving to a text-to-audio model.

    What a person wrote comes first, for models weigh the beginning most; then the source (the variation's
    style, or else the theme's), the gesture and mood of the hook, and what makes a usable notification.
    Text encoders cut what is long (T5 of Stable Audio Open Small reads 64 tokens), so every word counts.
    """
    source = _source(theme, variation)
    length = next(word for limit_s, word in _LENGTHS if duration_s <= limit_s)
    dry = "" if any(room in f"{source} {prompt}".lower() for room in _ROOMS) else "dry"
    parts = [
        prompt.rstrip(" .,;"),
        source,
        hook.gesture if hook else "",
        f"{length} notification sound effect",
        dry,
        _CLEAN,
    ]
    return ", ".join(part for part in parts if part)


def negative_phrase(*, theme: ThemeSpec | None, variation: VariationSpec | None, prompt: str) -> str:
    """What a text-to-audio model is to avoid; whatever was asked for is taken off the list."""
    wanted = f"{_source(theme, variation)} {prompt}".lower()
    unwanted = [word for word in _UNWANTED.split(", ") if word not in wanted]
    return ", ".join(unwanted)


def _source(theme: ThemeSpec | None, variation: VariationSpec | None) -> str:
    return variation.style if variation else theme.style if theme else ""
