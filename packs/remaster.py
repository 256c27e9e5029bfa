"""Have sounds mastered anew for a pack: those that miss the badge, or one that comes from elsewhere."""

from __future__ import annotations

from jobs.models import NewJob
from packs.errors import BuildError
from packs.models import Pack
from packs.standing import Standing
from sounds.models import Slot, Sound
from sounds.remaster import remaster_job
from sounds.slot_jobs import unfinished_for


def remaster_jobs(pack: Pack) -> list[NewJob]:
    """A job for each chosen sound that remastering could bring nearer to the badge.

    Rows that wait for a take already are left out, so that asking twice makes nothing twice. Raises
    `LockedError` for a locked pack, `BuildError` where nothing is left to do.
    """
    pack.collection.refuse_locked("pack")
    wanting = Standing.of(pack).wanting
    if not wanting:
        raise BuildError("Nothing here would be better for remastering; what is locked is left alone.")
    busy = set(unfinished_for([slot.pk for slot, _ in wanting]).values_list("payload__slot", flat=True))
    jobs = [remaster_job(sound, slot) for slot, sound in wanting if slot.pk not in busy]
    if not jobs:
        raise BuildError("Every such row waits for a take already; let them come first.")
    return jobs


def adoption_job(sound: Sound, slot: Slot) -> NewJob:
    """The job that makes a sound of anywhere a take of `slot`, mastered for it and chosen.

    Raises `LockedError` for a row that keeps its choice, `BuildError` for a sound whose files are gone.
    """
    slot.collection.refuse_locked("slot")
    slot.refuse_locked()
    if not sound.is_whole:
        raise BuildError("The file of this sound was cleaned up; generate or import it again.")
    return remaster_job(sound, slot, adopt=True)
