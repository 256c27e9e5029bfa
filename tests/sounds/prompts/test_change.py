"""Another sound from one there is: what is asked for changes, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S
from sounds.engines.base import Capabilities, EngineCard
from sounds.engines.procedural.card import CARD as PROCEDURAL
from sounds.prompts.build import PromptError
from sounds.prompts.change import changed
from tests.support.briefs import a_brief

PLAIN = EngineCard(
    id="plain", title="plain", version="7", implementation="", lane="procedural", licence="CC0-1.0",
    capabilities=Capabilities(max_duration_s=3.0),
)  # fmt: skip
BRIEF = replace(
    a_brief("bell", engine="procedural", seed=9, duration_s=1.0), engine_version="0", knobs={"pitch": 0.5}
)
KNOB = st.floats(-1, 1)


def test_another_seed_is_all_that_changes():
    new = changed(BRIEF, PROCEDURAL, seed=10)
    assert new == replace(BRIEF, seed=10, engine_version=PROCEDURAL.version)


def test_the_engine_is_taken_as_it_is_today():
    new = changed(replace(BRIEF, knobs={}), PLAIN, seed=9)
    assert (new.engine, new.engine_version, new.prompt) == ("plain", "7", "bell")


def test_knobs_are_replaced_as_a_whole_and_neutral_ones_left_out():
    assert changed(BRIEF, PROCEDURAL, seed=9, knobs={"space": 1, "tempo": 0}).knobs == {"space": 1.0}
    assert changed(BRIEF, PROCEDURAL, seed=9, knobs={}).knobs == {}


@pytest.mark.parametrize(
    "before, after, length_s",
    [(0, 1, 2.0), (0, -1, 0.5), (1, 1, 1.0), (1, 0, 0.5), (-1, 1, 4.0), (0, 0.5, 1.414)],
)
def test_the_length_follows_its_knob_from_where_it_stood(before, after, length_s):
    brief = replace(BRIEF, knobs={"length": before})
    assert changed(brief, PROCEDURAL, seed=9, knobs={"length": after}).duration_s == length_s


@given(length_s=st.floats(MIN_DURATION_S, MAX_DURATION_S), before=KNOB, after=KNOB)
def test_the_length_stays_one_that_the_engine_can(length_s, before, after):
    brief = replace(BRIEF, duration_s=length_s, knobs={"length": before})
    new = changed(brief, PROCEDURAL, seed=9, knobs={"length": after})
    assert MIN_DURATION_S <= new.duration_s <= MAX_DURATION_S
    assert changed(brief, PLAIN, seed=9).duration_s <= 3.0


def test_a_length_as_given_is_the_length_whatever_the_knob_says():
    new = changed(BRIEF, PROCEDURAL, seed=9, knobs={"length": 1}, duration_s=1.5)
    assert new.duration_s == 1.5 and new.knobs == {"length": 1.0}


def test_a_quality_that_the_engine_has_stays_and_another_becomes_the_usual():
    assert changed(replace(BRIEF, quality="exact"), PROCEDURAL, seed=9).quality == "standard"
    fine = replace(PROCEDURAL, capabilities=replace(PROCEDURAL.capabilities, qualities=frozenset({"exact"})))
    assert changed(replace(BRIEF, quality="exact"), fine, seed=9).quality == "exact"


@pytest.mark.parametrize(
    "engine, change, field",
    [
        (PLAIN, {}, "knobs"),  # the brief has one turned, the engine has none
        (PLAIN, {"knobs": {"pitch": 0.1}}, "knobs"),
        (PLAIN, {"knobs": {}, "duration_s": 3.5}, "duration_s"),
        (PROCEDURAL, {"duration_s": 0.4}, "duration_s"),
        (PROCEDURAL, {"duration_s": float("nan")}, "duration_s"),
        (PROCEDURAL, {"quality": "divine"}, "quality"),
        (PROCEDURAL, {"seed": -1}, "seed"),
        (PROCEDURAL, {"seed": 2**32}, "seed"),
        (PROCEDURAL, {"seed": True}, "seed"),
        (PROCEDURAL, {"knobs": {"colour": 0}}, "knobs"),
        (PROCEDURAL, {"knobs": {"pitch": float("nan")}}, "knobs"),
    ],
)
def test_what_the_engine_cannot_do_is_said_at_its_field(engine, change, field):
    with pytest.raises(PromptError) as caught:
        changed(BRIEF, engine, **{"seed": 9} | change)
    assert caught.value.field == field


def test_an_engine_without_knobs_has_a_length_all_the_same():
    brief = replace(BRIEF, knobs={})
    assert changed(brief, PLAIN, seed=9, knobs={"length": 1}).duration_s == 2.0
