"""Wishes become Briefs, or are refused in words."""

import re
from dataclasses import replace

import pytest

from sounds.brief import Brief
from sounds.engines.base import Capabilities
from sounds.engines.procedural.card import CARD
from sounds.prompts.build import PromptError, build_brief
from sounds.prompts.knobs import mutate
from sounds.prompts.presets import load_hooks, load_themes

HOOKS = {hook.slug: hook for hook in load_hooks()}
THEMES = {theme.slug: theme for theme in load_themes()}
READER = replace(CARD, id="reader", capabilities=Capabilities(negative_prompt=True))


def brief(**wishes) -> Brief:
    wishes = {"hook": HOOKS["task_complete"], "theme": THEMES["sci-fi"], "seed": 1, "engine": CARD} | wishes
    return build_brief(**wishes)


def test_a_brief_carries_hook_theme_and_engine():
    made = brief(variation=THEMES["sci-fi"].variation("hologram"))
    assert (made.hook, made.theme, made.variation) == ("task_complete", "sci-fi", "hologram")
    assert (made.engine, made.engine_version, made.seed) == ("procedural", "1.0.0", 1)
    assert (made.duration_s, made.loudness_lufs) == (1.0, -17.0)


def test_equal_wishes_make_equal_briefs():
    assert brief(prompt="a glass zorp").fingerprint == brief(prompt="a glass zorp").fingerprint


def test_a_brief_survives_a_trip_through_plain_data():
    made = brief(prompt="wooden double knock")
    assert Brief.from_dict(made.as_dict()).fingerprint == made.fingerprint


def test_a_variation_is_laid_over_its_theme():
    theme = THEMES["sci-fi"]
    plain, varied = brief().voice, brief(variation=theme.variation("hologram")).voice
    assert plain["layers"]["body"]["ratio"] == theme.voice["layers"]["body"]["ratio"]
    assert varied["layers"]["body"]["ratio"] == 3.0
    assert varied["layers"]["body"]["attack_s"] == plain["layers"]["body"]["attack_s"]


def test_building_leaves_the_preset_as_it_is():
    before = THEMES["sci-fi"].as_dict()
    brief(prompt="deep metallic echo", variation=THEMES["sci-fi"].variations[0])
    assert THEMES["sci-fi"].as_dict() == before


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_the_prompt_for_a_reading_engine_names_source_gesture_and_length(hook):
    theme = THEMES["nature"]
    made = brief(hook=hook, theme=theme, variation=theme.variation("kalimba"))
    assert made.prompt.startswith(theme.variation("kalimba").style)
    assert theme.style in brief(hook=hook, theme=theme).prompt
    assert hook.gesture in made.prompt
    assert "notification sound effect" in made.prompt
    assert "speech" in made.negative_prompt and "speech" not in made.prompt


def test_a_prompt_is_no_longer_than_a_text_encoder_reads():
    for theme in THEMES.values():
        for variation in (None, *theme.variations):
            for hook in HOOKS.values():
                prompt = brief(hook=hook, theme=theme, variation=variation).prompt
                pieces = re.findall(r"[\w-]+|[,.]", prompt)
                assert len(pieces) <= 56, prompt  # T5 cuts at 64 tokens, of which some words take two


def test_a_persons_words_come_first():
    assert brief(prompt="  a robot waking up. ").prompt.startswith("a robot waking up, ")


def test_a_spacious_theme_is_not_asked_to_be_dry():
    assert ", dry," in brief(theme=THEMES["minimal"]).prompt
    assert ", dry," not in brief(theme=THEMES["ambient"]).prompt


def test_what_is_asked_for_is_not_ruled_out():
    assert "hiss" not in brief(prompt="hiss of steam").negative_prompt


def test_the_length_knob_doubles_and_halves():
    assert brief(knobs={"length": 1.0}).duration_s == 2.0
    assert brief(knobs={"length": -1.0}).duration_s == 0.5
    assert brief(duration_s=2.0, knobs={"length": 0.5}).duration_s == pytest.approx(2.828, abs=0.001)


def test_the_length_knob_stays_within_what_is_possible():
    assert brief(duration_s=5.0, knobs={"length": 1.0}).duration_s == 5.0
    assert brief(duration_s=0.5, knobs={"length": -1.0}).duration_s == 0.5


def test_an_offset_moves_the_loudness():
    assert brief(loudness_offset_db=3.0).loudness_lufs == -14.0


def test_a_brief_keeps_the_knobs_as_given_so_that_mutation_can_go_on():
    knobs = mutate({}, seed=3)
    assert brief(knobs=knobs, prompt="bright").knobs == {
        name: value for name, value in knobs.items() if value
    }


def test_a_neutral_knob_is_as_good_as_none():
    assert brief(knobs={"pitch": 0.0}).fingerprint == brief().fingerprint


def test_words_of_a_prompt_change_the_score_only_where_they_speak_of_it():
    assert brief(prompt="bright").score == brief().score
    assert len(brief(prompt="double").score["notes"]) == 2


def test_a_prompt_alone_is_enough():
    made = brief(hook=None, theme=None, prompt="soft wooden double knock, rising")
    assert (made.hook, made.theme) == ("", "")
    assert len(made.score["notes"]) == 2


def test_a_theme_named_in_a_prompt_lends_its_voice_unless_one_is_chosen():
    assert brief(hook=None, theme=None, prompt="retro").voice["layers"]["lead"]["kind"] == "chip"
    assert "lead" not in brief(prompt="retro").voice["layers"]


def test_unknown_words_decide_what_is_left_open_and_always_the_same_way():
    first, again = (brief(hook=None, theme=None, prompt="zorp blarg") for _ in range(2))
    other = brief(hook=None, theme=None, prompt="quux frobnicate")
    assert first.fingerprint == again.fingerprint
    assert (first.voice, first.score) != (other.voice, other.score)


def test_unknown_words_leave_a_sound_of_a_theme_in_its_key():
    assert "pitch" not in brief(prompt="zorp").voice["bias"]


@pytest.mark.parametrize("duration_s", [0.49, 5.01, 0.0, -1.0, float("nan"), float("inf")])
def test_a_length_that_cannot_be_is_refused(duration_s):
    with pytest.raises(PromptError, match=r"Choose a length from 0\.5 to 5 seconds"):
        brief(duration_s=duration_s)


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_nothing_at_all_is_refused(prompt):
    with pytest.raises(PromptError, match="Choose a theme, or describe the sound"):
        brief(theme=None, prompt=prompt)


def test_a_prompt_that_is_too_long_is_told_its_length():
    with pytest.raises(PromptError, match=r"1,234 characters long; shorten it to 1,000"):
        brief(prompt="x" * 1234)
    assert brief(prompt="x" * 1000)


@pytest.mark.parametrize("knobs", [{"pitch": 1.5}, {"pitch": float("nan")}, {"volume": 0.1}])
def test_a_knob_that_cannot_be_is_refused(knobs):
    with pytest.raises(PromptError, match="knob"):
        brief(knobs=knobs)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True])
def test_a_seed_that_cannot_be_is_refused(seed):
    with pytest.raises(PromptError, match="Choose a whole number"):
        brief(seed=seed)


def test_a_quality_the_engine_does_not_have_is_refused():
    with pytest.raises(PromptError, match="no quality 'draft'; choose one of: standard"):
        brief(quality="draft")


@pytest.mark.parametrize("offset_db", [13.0, -20.0, float("nan")])
def test_an_offset_that_cannot_be_is_refused(offset_db):
    with pytest.raises(PromptError, match="Choose a loudness offset"):
        brief(loudness_offset_db=offset_db)


def test_a_variation_without_its_theme_is_refused():
    with pytest.raises(PromptError, match="Choose the theme"):
        brief(theme=None, prompt="bell", variation=THEMES["jazz"].variations[0])


def test_an_engine_without_knobs_is_not_turned_but_may_be_longer():
    with pytest.raises(PromptError, match="engine reader has no knob pitch"):
        brief(engine=READER, knobs={"pitch": 0.5})
    assert brief(engine=READER, knobs={"length": 1.0, "pitch": 0.0}).duration_s == 2.0


def test_the_length_stays_within_what_the_engine_can():
    small = replace(CARD, capabilities=Capabilities(knobs=True, max_duration_s=1.5))
    assert brief(engine=small, knobs={"length": 1.0}).duration_s == 1.5
    with pytest.raises(PromptError, match=r"0\.5 to 1\.5 seconds"):
        brief(engine=small, duration_s=2.0)
