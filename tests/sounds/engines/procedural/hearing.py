"""What a listener would notice, as numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from sounds.brief import SAMPLE_RATE_HZ, Brief
from sounds.engines.procedural.card import CARD
from sounds.engines.procedural.player import play
from sounds.prompts.build import build_brief
from sounds.prompts.presets import load_hooks, load_themes

Array = npt.NDArray[np.float32]

HOOKS = {hook.slug: hook for hook in load_hooks()}
THEMES = {theme.slug: theme for theme in load_themes()}
VOICES = [
    (theme.slug, slug)
    for theme in THEMES.values()
    for slug in ("", *(variation.slug for variation in theme.variations))
]
RISING = ("task_complete", "permission_required", "question", "session_start")
FALLING = ("tool_error", "api_error", "session_end")


def brief(
    hook: str | None, theme: str | None = "minimal", variation: str = "", seed: int = 1, **wishes
) -> Brief:
    """The Brief of a preset hook in a preset voice."""
    chosen = THEMES[theme] if theme else None
    return build_brief(
        hook=HOOKS[hook] if hook else None,
        theme=chosen,
        variation=chosen.variation(variation) if chosen and variation else None,
        seed=seed,
        engine=CARD,
        **wishes,
    )


def sound(*args, **wishes) -> Array:
    """A preset hook in a preset voice, as it sounds."""
    return play(brief(*args, **wishes))


@cache
def worded(prompt: str, **wishes) -> Array:
    """A sound that a prompt alone describes."""
    return play(brief(None, None, prompt=prompt, **wishes))


def spectrum(part: Array) -> tuple[Array, Array]:
    """Frequencies in hertz and power of both ears together."""
    size = 1 << max(15, int(np.ceil(np.log2(len(part)))))
    power = np.abs(np.fft.rfft(part.mean(axis=1) * np.hanning(len(part)), size)) ** 2
    return np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE_HZ), power


def strongest_hz(part: Array) -> float:
    """Frequency of the strongest partial."""
    frequencies_hz, power = spectrum(part)
    return float(frequencies_hz[np.argmax(power)])


def fifth(audio: Array, number: int) -> Array:
    """One fifth of a sound, 0 … 4."""
    size = len(audio) // 5
    return audio[number * size : (number + 1) * size]


def contour_hz(audio: Array) -> tuple[float, float]:
    """The strongest partial in the first and in the last fifth."""
    return strongest_hz(fifth(audio, 0)), strongest_hz(fifth(audio, 4))


def centroid_hz(audio: Array) -> float:
    """Middle of the power spectrum."""
    frequencies_hz, power = spectrum(audio)
    return float((frequencies_hz * power).sum() / power.sum())


def band_share(audio: Array, low_hz: float, high_hz: float) -> float:
    """Part of the power that lies in a band."""
    frequencies_hz, power = spectrum(audio)
    inside = (frequencies_hz >= low_hz) & (frequencies_hz < high_hz)
    return float(power[inside].sum() / power.sum())


def level_db(part: Array) -> float:
    """Root mean square over time and ears."""
    return float(10.0 * np.log10(np.mean(part.astype(np.float64) ** 2) + 1e-20))


def envelope(audio: Array, step_s: float = 0.005) -> Array:
    """Level of each short step, 1 being the loudest."""
    step = round(step_s * SAMPLE_RATE_HZ)
    count = len(audio) // step
    power = (audio[: count * step].astype(np.float64) ** 2).mean(axis=1).reshape(count, step).mean(axis=1)
    return np.sqrt(power / power.max())


def onset_s(audio: Array) -> float:
    """When the first step within 40 dB of the loudest begins."""
    return int(np.argmax(envelope(audio) > 0.01)) * 0.005


def attack_s(audio: Array) -> float:
    """Time from a tenth to nine tenths of the first 0.1 s' peak, to a millisecond."""
    rise = envelope(audio[: SAMPLE_RATE_HZ // 10], 0.001)
    return (int(np.argmax(rise > 0.9 * rise.max())) - int(np.argmax(rise > 0.1 * rise.max()))) * 0.001


def onsets(audio: Array) -> int:
    """How many notes begin: rises of the spectrum, at least 60 ms apart."""
    size, hop = 1024, 256
    padded = np.pad(audio.mean(axis=1), (size, size))
    starts = np.arange(0, len(padded) - size, hop)
    spectra = np.abs(np.fft.rfft(padded[starts[:, None] + np.arange(size)] * np.hanning(size)))
    flux = np.maximum(np.diff(np.sqrt(spectra), axis=0), 0.0).sum(axis=1)
    flux /= flux.max()
    found: list[int] = []
    for at in np.flatnonzero(flux > 0.25):
        if not found or (at - found[-1]) * hop > 0.06 * SAMPLE_RATE_HZ:
            found.append(int(at))
        elif flux[at] > flux[found[-1]]:
            found[-1] = int(at)
    return len(found)
