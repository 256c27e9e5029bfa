"""Words of a prompt, as they are understood; how they sound is tested with the engine."""

import pytest

from sounds.prompts.presets import load_themes, read_toml
from sounds.prompts.words import read_prompt, vocabulary

WORDS = [
    "bright",
    "dark",
    "soft",
    "gentle",
    "urgent",
    "alarm",
    "deep",
    "low",
    "high",
    "tiny",
    "metallic",
    "glass",
    "wood",
    "wooden",
    "bell",
    "pluck",
    "echo",
    "space",
    "dry",
    "rising",
    "falling",
    "question",
    "single",
    "double",
    "triple",
    "retro",
    "8-bit",
    "short",
    "long",
    "knock",
]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_list_is_known_and_explained(word):
    reading = read_prompt(word)
    assert reading.unknown == ()
    ((shown, sentence),) = reading.explanations
    assert shown == word.replace("-", " ")
    assert sentence


@pytest.mark.parametrize("theme", [theme.slug for theme in load_themes()])
def test_every_theme_is_known_by_its_name(theme):
    assert read_prompt(theme).theme == theme


def test_the_soft_wooden_double_knock_rises():
    reading = read_prompt("soft wooden double knock, rising")
    assert (reading.material, reading.exciter) == ("wood", "knock")
    assert (reading.count, reading.contour) == (2, "rising")
    assert reading.loudness_db == -4.0
    assert [word for word, _ in reading.explanations] == ["soft", "wooden", "double", "knock", "rising"]


def test_plurals_and_adverbs_are_understood():
    assert read_prompt("two bells, softly").material == "bell"
    assert read_prompt("softly").loudness_db == -4.0


def test_capitals_and_punctuation_do_not_matter():
    assert read_prompt("BRIGHT, Glass!") == read_prompt("bright glass")


def test_strength_scales_the_next_word():
    plain, very, slightly = (
        read_prompt(f"{how} bright").knobs["brightness"] for how in ("", "very", "slightly")
    )
    assert slightly < plain < very


def test_a_negation_turns_the_next_word_round():
    assert read_prompt("not bright").knobs["brightness"] < 0
    assert read_prompt("no echo").voice == {"echo": {"level": 0.0}}
    assert read_prompt("without knocks").exciter == ""


def test_only_the_next_word_is_negated():
    assert read_prompt("no echo, bright").knobs["brightness"] > 0


def test_the_later_of_two_contradicting_words_wins():
    assert read_prompt("rising or falling").contour == "falling"
    assert read_prompt("glass bell").material == "bell"


def test_little_words_say_nothing():
    assert read_prompt("please make the sound of a notification").explanations == ()


def test_unknown_words_alone_decide_the_dice():
    assert read_prompt("bright glass").dice is None
    assert read_prompt("bright zorp").dice == read_prompt("dark zorp").dice
    assert read_prompt("zorp").dice != read_prompt("blarg").dice


def test_an_unknown_word_is_explained_too():
    ((word, sentence),) = read_prompt("zorp").explanations
    assert word == "zorp"
    assert "by chance" in sentence


def test_knobs_never_leave_their_range():
    reading = read_prompt("extremely bright very bright brilliant shiny sparkling")
    assert reading.knobs["brightness"] == 1.0


def test_an_empty_prompt_asks_for_nothing():
    assert read_prompt("") == read_prompt("  ")
    assert read_prompt("").explanations == ()


def test_no_word_has_two_meanings():
    words = [word for entry in read_toml("words.toml")["words"] for word in entry["words"]]
    assert sorted(words) == sorted(set(words))
    assert len(vocabulary()) == len(words)


def test_every_material_and_theme_that_a_word_names_exists():
    materials, themes = read_toml("materials.toml"), {theme.slug for theme in load_themes()}
    for entry in read_toml("words.toml")["words"]:
        assert {entry.get("material"), entry.get("exciter")} - {None} <= set(materials)
        assert {entry.get("theme")} - {None} <= themes
