"""Choosing and taking back."""

from __future__ import annotations

import uuid

import pytest

from sounds.models import Collection, Slot, Sound
from tests.support.briefs import a_brief

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot():
    return Slot.objects.create(collection=Collection.objects.create(title="Mine"), key="task_complete")


def a_sound(**more) -> Sound:
    brief = a_brief()
    return Sound.objects.create(
        uuid=uuid.uuid4(), brief=brief.as_dict(), fingerprint=brief.fingerprint, engine="steady",
        engine_version="1", seed=1, duration_s=0.5, loudness_lufs=-18, intended_lufs=-18, gain_db=0,
        true_peak_dbtp=-3, quality=100, licence="CC0-1.0", **more,
    )  # fmt: skip


def test_a_choice_is_remembered_and_taken_back_to_any_depth(slot):
    one, two, three = a_sound(), a_sound(), a_sound()
    for sound in (one, two, three, one):
        assert slot.choose(sound)
    seen = []
    while slot.undo():
        seen.append(slot.chosen)
    assert seen == [three, two, one, None]
    assert Slot.objects.get().chosen is None


def test_choosing_what_is_chosen_is_no_step(slot):
    one = a_sound()
    assert slot.choose(one)
    assert not slot.choose(one)
    assert slot.choices.count() == 1


def test_undo_survives_the_deletion_of_what_was_chosen_before(slot):
    one, two = a_sound(), a_sound()
    slot.choose(one)
    slot.choose(two)
    one.discard()
    assert slot.undo()
    assert slot.chosen is None


def test_a_collection_has_one_slot_of_a_key(slot):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        Slot.objects.create(collection=slot.collection, key=slot.key)
