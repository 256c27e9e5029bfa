"""More takes, asked for without HTTP."""

from __future__ import annotations

import pytest

from sounds.errors import LockedError
from sounds.models import Collection, Sound
from sounds.more import more_jobs
from tests.support.library import a_collection, a_sound, somebody
from tests.support.studio import PLUGIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(monkeypatch) -> Collection:
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    return a_collection(somebody())


@pytest.fixture
def sound(collection: Collection) -> Sound:
    return a_sound(slot=collection.slots.get(), owner=collection.owner)


def test_takes_join_the_slot_of_the_sound(sound: Sound):
    first, second = more_jobs(sound, by=sound.owner, takes=2, choose=True)
    assert first.payload["slot"] == second.payload["slot"] == sound.slot_id
    assert (first.payload["choose"], second.payload["choose"]) == (True, False)


def test_what_is_locked_says_so_in_a_sentence(sound: Sound):
    sound.slot.locked = True
    assert more_jobs(sound, by=sound.owner, takes=1, choose=False)
    with pytest.raises(LockedError, match="The slot task_complete is locked; unlock it first"):
        more_jobs(sound, by=sound.owner, takes=1, choose=True)
    sound.slot.collection.lock()
    with pytest.raises(LockedError, match="The collection of this sound is locked; unlock it first"):
        more_jobs(sound, by=sound.owner, takes=1, choose=False)
