"""What the queue can do with sounds."""

from __future__ import annotations

import shutil

from jobs.errors import JobFailed
from jobs.models import Write
from jobs.registry import handler
from jobs.run import JobRun
from sounds.brief import Brief
from sounds.engines.registry import EngineError
from sounds.hosts import host_of
from sounds.models import Slot, Sound
from sounds.models.sound import folder_of

GENERATE = "sounds.generate"


@handler(GENERATE)
def generate(run: JobRun) -> Write:
    """Make the sound that the payload's brief describes; with ``choose`` it becomes its slot's choice.

    The library's own take will do if it has one, unless the payload says ``again``.
    """
    brief = Brief.from_dict(run.payload["brief"])
    if not run.payload.get("again"):
        made = Sound.objects.in_library([brief.fingerprint]).get(brief.fingerprint)
        if made:  # by a job that was faster, or one whose command was killed
            return lambda: _choose(run, made)
    assert run.job.attempt_uuid
    folder = folder_of(run.job.attempt_uuid)
    run.undo_with(lambda: shutil.rmtree(folder, ignore_errors=True))
    try:
        host = host_of(brief.engine)
    except EngineError as gone:
        raise JobFailed(str(gone)) from gone
    result = host.call(
        "render",
        brief=brief.as_dict(),
        folder=str(folder),
        formats=run.payload.get("formats", []),
        deadline=run.deadline,
        progress=run.progress,
        check=run.check,
    )

    def write() -> dict[str, str]:
        return _choose(run, Sound.objects.record(job=run.job, brief=brief, slot=_slot(run), result=result))

    return write


def _slot(run: JobRun) -> Slot | None:
    return Slot.objects.select_for_update().filter(pk=run.payload.get("slot") or 0).first()


def _choose(run: JobRun, sound: Sound) -> dict[str, str]:
    """Make `sound` what the job is to give: its slot's choice if that was asked for, and its result."""
    slot = _slot(run)
    if slot and run.payload.get("choose") and not slot.locked:
        slot.choose(sound, by=sound.owner)
    return {"sound": str(sound.uuid)}
