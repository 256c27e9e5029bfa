"""A sound mastered anew is a child of the other, as loud as its row wants it, and takes its place."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import soundfile

from jobs.models import Job, Status
from jobs.run import finish
from sounds.models import Collection, Slot, Sound
from sounds.remaster import is_wanting, remaster_job
from tests.sounds.test_uploads import a_file, taken_in
from tests.support.library import a_collection, a_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("presets")]


@pytest.fixture
def slot() -> Slot:
    return a_collection(None, "task_complete", "idle").slots.get(key="task_complete")


@pytest.fixture
def upload() -> Sound:
    """An upload that begins after a second and is to be at −18 LUFS, with its 3 seconds of original."""
    taken_in(a_file(silence_s=1.0, seconds=2.0), attribution="Ada", loudness_lufs=-30)
    return Sound.objects.get()


def done(job) -> Job:
    batch = Job.objects.submit([job], wake=False)
    finish(batch, tick=lambda: None)
    return batch.jobs.get()


def test_the_child_is_as_its_row_wants_it(slot: Slot, upload: Sound):
    slot.choose(upload)
    job = done(remaster_job(upload, slot))
    assert job.status == Status.SUCCEEDED, job.error
    child = Sound.objects.get(parent=upload)
    slot.refresh_from_db()
    assert slot.chosen == child and child.slot == slot and job.result == {"sound": str(child.uuid)}
    assert slot.hook and child.intended_lufs == slot.hook.loudness_lufs
    assert abs(child.loudness_lufs - slot.hook.loudness_lufs) < 1 and child.true_peak_dbtp <= -1
    assert child.measures["onset_s"] <= 0.02 and abs(child.duration_s - 2.0) < 0.05
    assert (child.licence, child.attribution, child.title) == (upload.licence, "Ada", upload.title)
    assert child.provenance["engine"] == "upload" and child.engine == "remaster" and not child.is_made_here
    assert slot.undo() and slot.chosen == upload


def test_a_choice_that_changed_meanwhile_stays(slot: Slot, upload: Sound):
    other = a_sound()
    slot.choose(other)
    done(remaster_job(upload, slot))
    slot.refresh_from_db()
    assert slot.chosen == other and slot.takes.count() == 1
    done(remaster_job(upload, slot, adopt=True))
    slot.refresh_from_db()
    assert slot.chosen and slot.chosen.parent == upload


def test_one_that_was_remastered_is_not_remastered_again(slot: Slot, upload: Sound):
    slot.choose(upload)
    assert is_wanting(upload, slot) is False, "an upload is mastered as it comes"
    Sound.objects.filter(pk=upload.pk).update(loudness_lufs=-50)
    upload.refresh_from_db()
    assert is_wanting(upload, slot)
    done(remaster_job(upload, slot))
    child = Sound.objects.get(parent=upload)
    child.loudness_lufs = -50.0  # as for a sound that no limiter brings nearer
    assert not is_wanting(child, slot)
    assert is_wanting(child, slot.collection.slots.get(key="idle")), "another row wants it otherwise"


def test_what_is_longer_than_players_take_is_wanting(slot: Slot):
    assert is_wanting(a_sound(duration_s=8.0), slot) and not is_wanting(a_sound(duration_s=5.0), slot)


@pytest.mark.parametrize("gone", ["sound", "files", "slot"])
def test_what_is_gone_by_then_is_said_or_done_without(slot: Slot, upload: Sound, gone):
    job = remaster_job(upload, slot)
    if gone == "sound":
        upload.delete()
    elif gone == "files":
        for file in upload.files.all():
            file.location.unlink()
    else:
        Collection.objects.all().delete()
    ended = done(job)
    if gone == "slot":
        assert ended.status == Status.SUCCEEDED and Sound.objects.get(parent=upload).slot is None
    else:
        assert ended.status == Status.FAILED and "choose another" in ended.error


def test_silence_cannot_be_made_louder(slot: Slot, upload: Sound):
    original = upload.file("original")
    assert original
    soundfile.write(original.location, np.zeros(44_100), 44_100)
    data = original.location.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    upload.files.filter(role="original").update(sha256=digest, bytes=len(data))
    ended = done(remaster_job(upload, slot))
    assert ended.status == Status.FAILED and "silent" in ended.error
    assert not Sound.objects.filter(parent=upload).exists()
