"""Building a pack while somebody waits for it."""

from __future__ import annotations

from accounts.models import User
from jobs.models import Status
from jobs.tiers import tier_of
from jobs.waiting import wait
from packs.errors import BuildError
from packs.generate import submit_build
from packs.models import Build, Pack
from packs.standing import Standing

PATIENCE_S = 40.0


def built(pack: Pack, *, by: User) -> Build:
    """The build of what is chosen now, made if there is none; the same sounds give the same build again.

    Raises `BuildError` with a sentence when it cannot be made, or the workers take too long.
    """
    if missing := Standing.of(pack).missing:
        keys = ", ".join(slot.key for slot in missing)
        raise BuildError(f"Nothing is chosen for {keys}; choose a take, or switch the row off.")
    batch = submit_build(pack, owner=by, tier=tier_of(by))
    wait(batch, PATIENCE_S)
    job = batch.jobs.get()
    if not job.ended:
        raise BuildError("The workers are busy; the pack is built as soon as they can, so ask again then.")
    if job.status != Status.SUCCEEDED:
        raise BuildError(job.error or "The build was cancelled.")
    return Build.objects.select_related("pack").get(pk=job.result["build"])
