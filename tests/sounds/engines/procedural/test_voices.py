"""Every theme and variation means what it should, and no two sounds are taken for each other."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from sounds.audio.master import master
from sounds.audio.similarity import embedding
from tests.sounds.engines.procedural.hearing import (
    FALLING,
    HOOKS,
    RISING,
    THEMES,
    VOICES,
    brief,
    contour_hz,
    envelope,
    onset_s,
    sound,
    spectrum,
)

SEEDS = range(10)
LIMITS_HZ = (110, 300, 2_000, 5_000, 8_000)
voices = pytest.mark.parametrize(
    ("theme", "variation"), VOICES, ids=["-".join(filter(None, v)) for v in VOICES]
)


@cache
def picture(theme: str, variation: str, hook: str, seed: int) -> np.ndarray:
    return embedding(sound(hook, theme, variation, seed))


@voices
@pytest.mark.parametrize(
    "seeds", [SEEDS[:3], pytest.param(SEEDS[3:], marks=pytest.mark.exhaustive)], ids=["some", "others"]
)
@pytest.mark.slow
def test_the_contour_says_what_the_hook_means_in_every_take(theme, variation, seeds):
    for hook in (*RISING, *FALLING):
        for seed in seeds:
            first_hz, last_hz = contour_hz(sound(hook, theme, variation, seed))
            assert (last_hz > first_hz) == (hook in RISING), (
                f"{hook}, seed {seed}: {first_hz:.0f} → {last_hz:.0f}"
            )


@voices
def test_no_two_hooks_of_a_voice_are_taken_for_each_other(theme, variation):
    pictures = {hook: picture(theme, variation, hook, 0) for hook in HOOKS}
    alike = {(a, b): float(pictures[a] @ pictures[b]) for a, b in combinations(HOOKS, 2)}
    pair = max(alike, key=alike.__getitem__)
    assert alike[pair] <= 0.85, pair
    assert np.mean(list(alike.values())) <= 0.6


@pytest.mark.slow
@voices
def test_takes_of_a_hook_are_alike_but_not_the_same(theme, variation):
    seeds, alike = SEEDS[: 2 if variation else 6], []
    for hook in HOOKS:
        pictures = [picture(theme, variation, hook, seed) for seed in seeds]
        alike += [float(a @ b) for a, b in combinations(pictures, 2)]
        assert min(alike) >= 0.90, hook
        assert max(alike) < 0.9995, hook
    assert np.mean(alike) < 0.99


def test_themes_are_not_taken_for_each_other():
    alike = [
        float(picture(a, "", hook, 0) @ picture(b, "", hook, 0))
        for a, b in combinations(THEMES, 2)
        for hook in HOOKS
    ]
    assert np.mean(alike) <= 0.5


@voices
def test_a_variation_differs_from_its_theme(theme, variation):
    if variation:
        alike = [float(picture(theme, "", hook, 0) @ picture(theme, variation, hook, 0)) for hook in HOOKS]
        assert np.mean(alike) < 0.8


@voices
def test_a_sound_is_made_for_small_speakers_and_for_a_hundred_repeats(theme, variation):
    for hook in HOOKS:
        audio = sound(hook, theme, variation)
        assert_it_starts_at_once_and_rings_until_its_end(audio, hook)
        assert_nothing_booms_or_pierces(audio, hook)


def assert_it_starts_at_once_and_rings_until_its_end(audio: np.ndarray, hook: str) -> None:
    steps = envelope(audio)
    assert onset_s(audio) <= 0.010, hook
    assert steps[: len(steps) // 3].max() > 0.25, hook
    assert steps[-len(steps) // 5 :].max() > 10 ** (-50 / 20), hook


def assert_nothing_booms_or_pierces(audio: np.ndarray, hook: str) -> None:
    frequencies_hz, power = spectrum(audio)
    share = np.cumsum(power) / power.sum()
    below = {limit_hz: float(np.interp(limit_hz, frequencies_hz, share)) for limit_hz in LIMITS_HZ}
    assert below[110] < 0.25, hook
    assert below[8_000] - below[300] > 0.05, hook
    assert below[5_000] - below[2_000] < 0.5, hook
    assert 1.0 - below[8_000] < 0.05, hook


@pytest.mark.parametrize("theme", THEMES)
def test_every_hook_can_be_mastered_to_its_loudness(theme):
    for hook in HOOKS:
        wish = brief(hook, theme)
        mastered = master(sound(hook, theme), duration_s=wish.duration_s, loudness_lufs=wish.loudness_lufs)
        assert abs(mastered.loudness_lufs - wish.loudness_lufs) <= 1.0, hook
        assert mastered.true_peak_dbtp <= -1.0, hook
