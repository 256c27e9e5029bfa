"""Motifs made of a contour and a number."""

import pytest

from sounds.prompts.contour import compose, contour_of, repeated
from sounds.prompts.presets import load_hooks


@pytest.mark.parametrize("contour", ["rising", "falling", "question", "level", "wobble"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_motif_has_as_many_notes_as_asked_for(contour, count):
    assert len(compose(contour, count)) == count


@pytest.mark.parametrize(("contour", "way"), [("rising", 1), ("falling", -1), ("question", 1)])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_motif_goes_the_way_it_says(contour, way, count):
    notes = compose(contour, count)
    travelled = notes[-1].semitones[0] + notes[-1].glide - notes[0].semitones[0]
    assert travelled * way > 0


def test_an_intent_lends_the_motif_of_its_hook():
    hooks = {hook.intent: hook for hook in reversed(load_hooks())}
    assert compose("success") == hooks["success"].motif


def test_an_intent_with_another_count_keeps_its_direction():
    assert contour_of(compose("success", 2)) == "rising"
    assert contour_of(compose("farewell", 3)) == "falling"


def test_a_motif_is_repeated_without_overlap():
    motif = compose("rising", 2)
    twice = repeated(motif, 2)
    assert len(twice) == 4
    assert twice[2].at > twice[1].at
    assert repeated(motif, 1) == motif
