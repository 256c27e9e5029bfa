"""Presets are data: loaded again and again, edited in between."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from sounds.load_presets import load_presets
from sounds.models import Hook, Theme, Variation
from sounds.prompts.presets import load_hooks, load_themes

pytestmark = pytest.mark.django_db


@pytest.fixture
def presets() -> None:
    """By the real thing each time, which is what these tests are about."""
    load_presets()


def test_everything_that_ships_is_loaded_and_reads_back_the_same(presets):
    assert [hook.spec() for hook in Hook.objects.all()] == list(load_hooks())
    assert Hook.objects.count() == 15
    assert [theme.slug for theme in Theme.objects.all()] == [
        "sci-fi", "retro-8bit", "nature", "minimal", "mechanical", "ambient", "jazz",
    ]  # fmt: skip
    for theme in load_themes():
        row = Theme.objects.get(slug=theme.slug)
        assert row.spec().voice == theme.voice
        assert [v.spec() for v in row.variations.all()] == list(theme.variations)
        assert row.variations.count() >= 4


def test_loading_again_changes_nothing(presets, django_assert_max_num_queries):
    before = list(Theme.objects.values()) + list(Hook.objects.values()) + list(Variation.objects.values())
    load_presets()
    after = list(Theme.objects.values()) + list(Hook.objects.values()) + list(Variation.objects.values())
    assert before == after


def test_an_edit_survives_loading_again_while_the_rest_is_refreshed(presets):
    hook = Hook.objects.get(slug="task_complete")
    hook.name, hook.enabled, hook.length_s = "Ta-da", False, 2.0
    hook.shipped = hook.shipped | {"gesture": "what an older version shipped"}
    hook.gesture = "what an older version shipped"
    hook.save()
    load_presets()
    hook.refresh_from_db()
    assert (hook.name, hook.enabled, hook.length_s) == ("Ta-da", False, 2.0)
    assert hook.gesture == next(h.gesture for h in load_hooks() if h.slug == "task_complete")
    assert hook.edited


def test_a_preset_of_ones_own_is_left_alone(presets):
    Hook.objects.create(
        slug="mine", name="Mine", intent="tick", gesture="a tick", motif=[], length_s=1, loudness_lufs=-18
    )
    load_presets()
    mine = Hook.objects.get(slug="mine")
    assert mine.name == "Mine" and not mine.edited


def test_a_deleted_variation_comes_back_so_disabling_is_the_way_to_be_rid_of_it(presets):
    Variation.objects.filter(theme__slug="jazz").update(enabled=False)
    load_presets()
    assert not Variation.objects.filter(theme__slug="jazz", enabled=True).exists()


@pytest.mark.parametrize(
    "field, value, word",
    [
        ("length_s", 9.0, "length"),
        ("loudness_lufs", 3.0, "loudness"),
        ("motif", [{"at": "soon"}], "motif"),
        ("motif", "up", "motif"),
        ("slug", "another", "keeps its id"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(presets, field, value, word):
    hook = Hook.objects.get(slug="task_complete")
    setattr(hook, field, value)
    with pytest.raises(ValidationError) as refused:
        hook.full_clean()
    assert word in str(refused.value)
