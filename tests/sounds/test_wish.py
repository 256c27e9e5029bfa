"""What a person asks for, looked up and checked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.engines.registry import EngineError, resolve
from sounds.models import Hook, Theme
from sounds.prompts.build import PromptError
from sounds.prompts.seeds import MAX_SEED
from sounds.wish import Wish, WishError, drawn_seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]


def test_names_become_what_they_name():
    wish = Wish.of(theme="sci-fi", variation="hologram", hook="task_complete", engine="procedural", takes=2)
    assert (wish.theme.slug, wish.variation.slug, wish.hook.slug) == ("sci-fi", "hologram", "task_complete")
    one, two = wish.briefs()
    assert one.seed != two.seed and one.theme == "sci-fi" and one.hook == "task_complete"


@pytest.mark.parametrize(
    "asked, field, words",
    [
        ({"theme": "none"}, "theme", "choose one of: sci-fi"),
        ({"theme": "Sci-Fi"}, "theme", "There is no theme"),
        ({"hook": "lunch", "prompt": "x"}, "hook", "choose one of: session_start"),
        ({"theme": "sci-fi", "variation": "none"}, "variation", "no variation of sci-fi"),
        ({"variation": "hologram", "prompt": "x"}, "theme", "belongs to"),
        ({"prompt": ""}, "prompt", "is empty"),
        ({"prompt": " \n"}, "prompt", "is empty"),
        ({"prompt": "\ud800"}, "prompt", "not valid text"),
        ({"prompt": "x", "takes": 0}, "takes", "from 1 to 20, not 0"),
        ({"prompt": "x", "takes": 21}, "takes", "from 1 to 20, not 21"),
        ({"prompt": "x", "seed": -1}, "seed", "not -1"),
        ({"prompt": "x", "seed": MAX_SEED + 1}, "seed", str(MAX_SEED)),
    ],
)
def test_what_is_wrong_is_said_at_its_field(asked, field, words):
    with pytest.raises(WishError) as caught:
        Wish.of(**asked)
    assert caught.value.field == field and words in str(caught.value)


def test_an_engine_that_there_is_not_is_said_too():
    with pytest.raises(EngineError, match="theremin"):
        Wish.of(prompt="x", engine="theremin")


@pytest.mark.parametrize(
    "asked, field",
    [
        ({}, "theme"),
        ({"hook": "task_complete"}, "theme"),
        ({"prompt": "x" * 1001}, "prompt"),
        ({"prompt": "x", "duration_s": 0.1}, "duration_s"),
        ({"prompt": "x", "duration_s": float("nan")}, "duration_s"),
        ({"prompt": "x", "loudness_offset_db": float("nan")}, "loudness_offset_db"),
        ({"prompt": "x", "loudness_offset_db": 13}, "loudness_offset_db"),
        ({"prompt": "x", "knobs": {"pitch": 2}}, "knobs"),
        ({"prompt": "x", "quality": "divine"}, "quality"),
    ],
)
def test_what_cannot_be_made_is_said_before_anything_is_queued(asked, field):
    with pytest.raises(PromptError) as caught:
        Wish.of(engine="procedural", **asked).briefs()
    assert caught.value.field == field


def test_what_is_disabled_is_not_there():
    Theme.objects.filter(slug="jazz").update(enabled=False)
    Hook.objects.update(enabled=False)
    with pytest.raises(WishError, match="no theme"):
        Wish.of(theme="jazz")
    with pytest.raises(WishError, match="choose one of: none at all"):
        Wish.of(prompt="x", hook="idle")


@given(seed=st.integers(0, MAX_SEED), takes=st.integers(1, 20))
def test_seeds_count_up_and_around_and_none_comes_twice(seed, takes):
    wish = Wish(engine=resolve("procedural"), prompt="x", seed=seed, takes=takes)
    seeds = wish.seeds()
    assert seeds[0] == seed and len(set(seeds)) == takes
    assert all(0 <= one <= MAX_SEED for one in seeds)
    assert all((two - one) % 2**32 == 1 for one, two in pairwise(seeds))


def test_drawn_seeds_are_seeds():
    drawn = {drawn_seed() for _ in range(100)}
    assert len(drawn) == 100 and min(drawn) >= 0 and max(drawn) <= MAX_SEED


def test_seeds_from_outside_are_taken_as_they_come():
    wish = Wish.of(prompt="x", engine="procedural", seed=1, takes=3)
    assert [brief.seed for brief in wish.briefs([7])] == [7]


@pytest.mark.parametrize(
    "asked, label",
    [
        ({"theme": "jazz", "hook": "task_complete"}, "Task complete"),
        ({"prompt": "a soft bell"}, "a soft bell"),
        ({"prompt": "x" * 300}, "x" * 80),
        ({"theme": "jazz"}, "Jazz"),
    ],
)
def test_it_is_called_by_its_hook_or_its_words(asked, label):
    assert Wish.of(engine="procedural", **asked).label == label
