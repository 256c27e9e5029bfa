"""Each knob moves the quantity it names, in every theme."""

import numpy as np
import pytest

from sounds.brief import SAMPLE_RATE_HZ
from tests.sounds.engines.procedural.hearing import (
    THEMES,
    attack_s,
    centroid_hz,
    level_db,
    sound,
    strongest_hz,
)

themes = pytest.mark.parametrize("theme", THEMES)


def turned(theme: str, hook: str = "subagent_complete", **knobs: float) -> np.ndarray:
    return sound(hook, theme, knobs=knobs)


@themes
def test_brightness_moves_the_centre_of_the_spectrum(theme):
    dark, plain, bright = (centroid_hz(turned(theme, brightness=turn)) for turn in (-0.8, 0.0, 0.8))
    assert dark < plain < bright


@themes
def test_pitch_moves_the_pitch_by_an_octave_each_way(theme):
    turns = (-1.0, -0.5, 0.0, 0.5)
    octave_down, down, plain, up = (strongest_hz(turned(theme, "tool_start", pitch=turn)) for turn in turns)
    assert octave_down / plain == pytest.approx(2.0**-1.0, rel=0.05)
    assert down / plain == pytest.approx(2.0**-0.5, rel=0.05)
    assert up / plain == pytest.approx(2.0**0.5, rel=0.05)


def pulsing(audio: np.ndarray) -> float:
    """Share of the loudness that comes and goes ten times a second, after the first note has begun."""
    steps = np.abs(audio[SAMPLE_RATE_HZ // 10 : -SAMPLE_RATE_HZ // 5]).mean(axis=1)
    level = steps[: len(steps) // 220 * 220].reshape(-1, 220).mean(axis=1)
    level = np.log(level + 1e-6)
    level -= np.polyval(np.polyfit(np.arange(len(level)), level, 2), np.arange(len(level)))
    power = np.abs(np.fft.rfft(level * np.hanning(len(level)), 4096)) ** 2
    rates_hz = np.fft.rfftfreq(4096, 220 / SAMPLE_RATE_HZ)
    return float(power[(rates_hz > 8) & (rates_hz < 12)].sum())


@themes
def test_urgency_makes_the_sound_pulse(theme):
    plain, urgent = (pulsing(turned(theme, "tool_start", urgency=turn)) for turn in (0.0, 0.9))
    assert urgent > 5.0 * plain


@themes
def test_urgency_hardens_the_attack(theme):
    calm, urgent = (attack_s(turned(theme, "tool_start", urgency=turn)) for turn in (-1.0, 1.0))
    assert urgent <= calm


@themes
def test_tempo_moves_the_second_note(theme):
    slow, fast = (turned(theme, tempo=turn) for turn in (-1.0, 1.0))
    # Between the two places of the second note the fast one has it, the slow one has not.
    assert strongest_hz(fast[10_000:16_000]) < strongest_hz(slow[10_000:16_000])


@themes
def test_space_moves_what_comes_from_the_sides(theme):
    dry, wet = (turned(theme, "user_spam", space=turn, tempo=1.0) for turn in (-1.0, 1.0))
    width = [level_db(audio[:, :1] - audio[:, 1:]) - level_db(audio) for audio in (dry, wet)]
    assert width[1] > width[0]


@pytest.mark.parametrize("theme", ["sci-fi", "nature", "ambient"])
def test_space_moves_the_energy_after_the_notes(theme):
    dry, wet = (turned(theme, "user_spam", space=turn, tempo=1.0) for turn in (-1.0, 1.0))
    tails = [level_db(audio[-len(audio) // 5 :]) - level_db(audio) for audio in (dry, wet)]
    assert tails[1] > tails[0] + 3.0


def test_knobs_do_not_touch_what_they_do_not_name():
    plain, spacious = turned("minimal", "tool_start"), turned("minimal", "tool_start", space=0.5)
    assert strongest_hz(plain) == strongest_hz(spacious)
