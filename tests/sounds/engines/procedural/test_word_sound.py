"""Every word of a prompt changes the quantity it speaks of."""

import numpy as np
import pytest

from tests.sounds.engines.procedural.hearing import (
    attack_s,
    band_share,
    brief,
    centroid_hz,
    contour_hz,
    envelope,
    fifth,
    level_db,
    onsets,
    spectrum,
    strongest_hz,
    worded,
)

PLAIN = "wooden"


def partial_db(audio: np.ndarray, ratio: float) -> float:
    """Level of a partial at a ratio to the strongest one, against it, while the stroke is fresh."""
    audio = audio[: len(audio) // 5]
    frequencies_hz, power = spectrum(audio)
    base = strongest_hz(audio)
    near = np.abs(frequencies_hz / (ratio * base) - 1.0) < 0.02
    return float(10.0 * np.log10(power[near].max() / power.max()))


def test_bright_raises_and_dark_lowers_the_centre_of_the_spectrum():
    dark, plain, bright = (centroid_hz(worded(f"{word} glass")) for word in ("dark", "", "bright"))
    assert dark < 0.97 * plain < plain < bright / 1.03


@pytest.mark.parametrize("word", ["soft", "gentle"])
def test_soft_lengthens_the_attack_and_lowers_the_target_by_4_lu(word):
    assert attack_s(worded(f"{word} {PLAIN}")) > 2.0 * attack_s(worded(PLAIN))
    wish, plain = brief(None, None, prompt=f"{word} {PLAIN}"), brief(None, None, prompt=PLAIN)
    assert wish.loudness_lufs == plain.loudness_lufs - 4.0


@pytest.mark.parametrize(("word", "times"), [("urgent", 2), ("alarm", 3)])
def test_urgent_repeats_and_hurries_the_motif(word, times):
    plain, hurried = brief(None, None, prompt="double"), brief(None, None, prompt=f"{word} double")
    assert len(hurried.score["notes"]) == times * len(plain.score["notes"])
    assert hurried.voice["tempo"] == pytest.approx(plain.voice["tempo"] / 0.75, rel=0.001)
    assert onsets(worded(f"{word} double wooden")) > onsets(worded("double wooden"))


@pytest.mark.parametrize("word", ["deep", "low"])
def test_deep_and_low_sound_an_octave_lower(word):
    assert strongest_hz(worded(f"{word} glass")) / strongest_hz(worded("glass")) == pytest.approx(
        0.5, rel=0.02
    )


@pytest.mark.parametrize("word", ["high", "tiny"])
def test_high_and_tiny_sound_an_octave_higher(word):
    assert strongest_hz(worded(f"{word} glass")) / strongest_hz(worded("glass")) == pytest.approx(
        2.0, rel=0.02
    )


def test_tiny_is_shorter_and_quieter_too():
    tiny, plain = brief(None, None, prompt="tiny beep"), brief(None, None, prompt="beep")
    assert tiny.duration_s < plain.duration_s
    assert tiny.loudness_lufs < plain.loudness_lufs


@pytest.mark.parametrize(
    ("word", "ratio"),
    [("metallic", 1.59), ("glass", 2.32), ("wood", 3.93), ("wooden", 3.93), ("bell", 1.19), ("pluck", 3.0)],
)
def test_a_material_has_its_own_partials(word, ratio):
    assert partial_db(worded(word), ratio) > -40.0
    assert partial_db(worded(word), ratio) > partial_db(worded("beep"), ratio) + 6.0


def test_glass_rings_longer_than_wood_and_wood_longer_than_a_click():
    tails = [
        level_db(fifth(worded(f"dry {word}"), 2)) - level_db(worded(f"dry {word}"))
        for word in ("glass", "wood")
    ]
    assert tails[0] > tails[1]
    assert band_share(worded("click"), 1_500, 6_000) > band_share(worded("wood"), 1_500, 6_000)


def test_a_knock_thumps():
    assert band_share(worded("knock"), 80, 400) > 10 * band_share(worded("wood"), 80, 400)


def test_echo_adds_energy_after_the_notes():
    plain, echoing = worded("dry knock"), worded("knock echo")
    tails = [level_db(audio[len(audio) // 4 :]) - level_db(audio) for audio in (plain, echoing)]
    assert tails[1] > tails[0] + 3.0


def test_space_adds_energy_between_the_ears_and_dry_takes_it_away():
    dry, plain, wide = (worded(f"{word} wooden") for word in ("dry", "", "space"))
    width = [level_db(audio[:, :1] - audio[:, 1:]) - level_db(audio) for audio in (dry, plain, wide)]
    assert width[0] < width[1] < width[2]


@pytest.mark.parametrize("count", ["", "single", "double", "triple"])
@pytest.mark.parametrize("material", ["wooden", "glass", "pluck"])
def test_rising_ends_higher_and_falling_ends_lower(material, count):
    first_hz, last_hz = contour_hz(worded(f"rising {count} {material}"))
    assert last_hz > first_hz
    first_hz, last_hz = contour_hz(worded(f"falling {count} {material}"))
    assert last_hz < first_hz


def test_a_question_leaps_up_by_a_sixth_and_hangs():
    first_hz, last_hz = contour_hz(worded("question glass"))
    assert 12 * np.log2(last_hz / first_hz) == pytest.approx(9.0, abs=0.3)


@pytest.mark.parametrize(("word", "notes"), [("single", 1), ("double", 2), ("triple", 3)])
@pytest.mark.parametrize("material", ["wooden", "knock", "pluck", "glass"])
def test_a_number_is_heard_as_so_many_onsets(word, notes, material):
    assert onsets(worded(f"{word} {material}")) == notes


@pytest.mark.parametrize("word", ["retro", "8-bit"])
def test_retro_is_played_by_a_chip(word):
    wish = brief(None, None, prompt=word)
    assert {layer["kind"] for layer in wish.voice["layers"].values()} == {"chip", "lfsr"}
    assert partial_db(worded(word), 3.0) > partial_db(worded("beep"), 3.0) + 6.0


def test_short_and_long_change_the_length():
    short, plain, long = (
        brief(None, None, prompt=f"{word} beep").duration_s for word in ("short", "", "long")
    )
    assert short < plain < long


def test_fast_and_slow_move_the_second_note():
    fast, slow = (worded(f"{word} double rising glass", duration_s=1.0) for word in ("fast", "slow"))
    assert strongest_hz(fast[8_000:12_000]) > strongest_hz(slow[8_000:12_000])


def test_the_soft_wooden_double_knock_is_all_it_says():
    audio, hard = worded("soft wooden double knock, rising"), worded("wooden double knock, rising")
    assert attack_s(audio) > 1.5 * attack_s(hard)
    assert brief(None, None, prompt="soft wooden double knock, rising").loudness_lufs == -22.0
    assert partial_db(audio, 3.93) > -45.0
    assert onsets(audio) == 2
    first_hz, last_hz = contour_hz(audio)
    assert last_hz > 1.2 * first_hz


def test_different_unknown_words_make_different_sounds():
    first, second = worded("zorp"), worded("blarg")
    size = min(len(first), len(second))
    assert not np.array_equal(envelope(first[:size]), envelope(second[:size]))
