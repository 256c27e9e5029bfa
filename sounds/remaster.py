"""Sounds mastered anew: late, quiet, uneven or over the ceiling once, and no more."""

from __future__ import annotations

from typing import Any

from jobs.errors import JobFailed
from jobs.models import Job, NewJob, Tier, Write
from jobs.registry import handler
from jobs.run import JobRun
from sounds import store
from sounds.audio.magic import CONTAINERS
from sounds.badge import misses
from sounds.brief import MAX_DURATION_S, Brief
from sounds.handlers import slot_of
from sounds.models import AudioFile, Slot, Sound
from sounds.models.sound import folder_of
from sounds.origins import REMASTER, VERSION
from sounds.taking import taken

REMASTERING = "sounds.remaster"

_READABLE = {suffix for row in CONTAINERS.values() if not row.demuxer for suffix in row.suffixes}


def is_wanting(sound: Sound, slot: Slot) -> bool:
    """Whether remastering it for a slot could bring it nearer to the badge, or to a length players take."""
    if sound.engine == REMASTER and sound.intended_lufs == loudness_of(slot, sound):
        return False  # another one would be the same
    return sound.duration_s > MAX_DURATION_S or any(misses(sound))


def loudness_of(slot: Slot, sound: Sound) -> float:
    """How loud a sound is meant to be in a slot: as the slot's hook says, or as it was meant to be."""
    return slot.hook.loudness_lufs if slot.hook else sound.intended_lufs


def remaster_job(sound: Sound, slot: Slot, *, adopt: bool = False) -> NewJob:
    """The job that makes a child of a sound, mastered as a notification for `slot`.

    Where the sound is chosen by then the child takes its place; to `adopt` is to choose the child anyhow,
    and to switch the slot on.
    """
    brief = Brief(
        engine=REMASTER,
        engine_version=VERSION,
        seed=sound.seed,
        duration_s=0.0,
        loudness_lufs=loudness_of(slot, sound),
        prompt=sound.brief.get("prompt", ""),
        hook=slot.hook.slug if slot.hook else "",
        theme=sound.theme,
        variation=sound.variation,
    )
    payload = {"brief": brief.as_dict(), "parent": sound.pk, "slot": slot.pk, "adopt": adopt}
    return NewJob(kind=REMASTERING, lane="procedural", label=sound.title, payload=payload)


def follow_up(run: JobRun, sound: Sound, slot: Slot) -> None:
    """Queue the remastering of what `run` has made, in its batch, unless nothing of it is wanting."""
    if not is_wanting(sound, slot):
        return
    run.check()  # cancelled while the last files were written: then so is what would follow
    Job.objects.submit(
        [remaster_job(sound, slot)],
        owner=run.job.owner,
        tier=Tier(run.job.tier),
        batch=run.job.batch,
        wake=False,  # who made this one goes on with what there is
    )


@handler(REMASTERING)
def remaster(run: JobRun) -> Write:
    """Master the payload's parent for the payload's slot, from what somebody sent where that is there."""
    parent = Sound.objects.filter(pk=run.payload["parent"]).first()
    source = _source(parent) if parent else None
    if parent is None or source is None:
        raise JobFailed("The sound to be remastered was deleted, or its file cleaned up; choose another.")
    assert run.job.attempt_uuid
    place = folder_of(run.job.attempt_uuid)
    run.undo_with(lambda: store.let_go_folder(place))
    brief = Brief.from_dict(run.payload["brief"])
    result, brief = taken(run, "take_in", brief, source.location, place, source.sha256)

    def write() -> dict[str, Any]:
        slot = slot_of(run)
        child = Sound.objects.record(
            job=run.job,
            brief=brief,
            slot=slot,
            result=result,
            parent=Sound.objects.filter(pk=parent.pk).first(),
            licence=parent.licence,
            attribution=parent.attribution,
            provenance=parent.provenance or {name: said for name, said in parent.origin.items() if said},
        )
        takes_over = slot and (run.payload["adopt"] or slot.chosen_id == parent.pk)
        if slot and takes_over and not slot.is_locked:
            slot.choose(child, by=child.owner)
            if run.payload["adopt"]:
                Slot.objects.filter(pk=slot.pk).update(enabled=True)
        return {"sound": str(child.uuid)}

    return write


def _source(sound: Sound) -> AudioFile | None:
    """What somebody sent, if it is there in a format that needs nothing installed; else the master."""
    for file in (sound.file("original"), sound.file("wav")):
        if file and file.format in _READABLE and file.is_whole:
            return file
    return None
