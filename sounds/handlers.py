"""What the queue can do with sounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from jobs.errors import JobCancelled, JobCrashed, JobFailed
from jobs.models import NewJob, Write
from jobs.registry import group_handler
from jobs.run import JobRun
from sounds import store
from sounds.brief import Brief
from sounds.engines.registry import EngineError, card_of, resolve
from sounds.errors import CleanedUpError
from sounds.hosts import host_of
from sounds.models import EngineFault, Slot, Sound
from sounds.orders import Orders

GENERATE = "sounds.generate"


def sound_job(
    brief: Brief,
    *,
    label: str,
    slot: Slot | None = None,
    parent: Sound | None = None,
    choose: bool = False,
    again: bool = False,
    formats: Sequence[str] = (),
) -> NewJob:
    """The job that makes a Brief's sound.

    `choose` makes it its slot's choice, `again` makes it although the library has it.
    """
    engine = card_of(brief.engine)
    return NewJob(
        kind=GENERATE,
        lane=engine.lane,
        label=label,
        group=engine.id if engine.capabilities.batch_size > 1 else "",
        payload={
            "brief": brief.as_dict(),
            "slot": slot.pk if slot else None,
            "parent": parent.pk if parent else None,
            "choose": choose,
            "again": again,
            "formats": list(formats),
        },
    )


@group_handler(GENERATE)
def generate(runs: Sequence[JobRun]) -> None:
    """Make the sounds that the payloads' briefs describe; with ``choose`` one becomes its slot's choice.

    The library's own take will do if it has one, unless the payload says ``again``.
    """
    briefs = _briefs(runs)
    _use_library(briefs)
    firsts: dict[str, JobRun] = {}
    twins = []
    for run, brief in briefs.items():
        key = str(run.job.uuid) if run.payload.get("again") else brief.fingerprint
        if run.ended:
            continue
        if firsts.setdefault(key, run) is not run:
            twins.append(run)  # what is made for the first one will do
    if firsts:
        _render({run: briefs[run] for run in firsts.values()})
    if twins:
        generate(twins)


def _use_library(briefs: Mapping[JobRun, Brief]) -> None:
    """End those whose sound is there already: a faster job made it, or one whose command was killed."""
    wanted = [brief.fingerprint for run, brief in briefs.items() if not run.payload.get("again")]
    library = Sound.objects.in_library(wanted)
    for run, brief in briefs.items():
        made = library.get(brief.fingerprint)
        if made and not run.payload.get("again"):
            run.succeed(partial(_reuse, run, made))


def _briefs(runs: Sequence[JobRun]) -> dict[JobRun, Brief]:
    briefs = {}
    for run in runs:
        try:
            briefs[run] = Brief.from_dict(run.payload["brief"])
        except Exception as error:  # one that cannot be read is no reason for the others to fail
            run.end(error)
    return briefs


def _render(briefs: Mapping[JobRun, Brief]) -> None:
    runs = list(briefs)
    try:
        engine = resolve(briefs[runs[0]].engine).id
    except EngineError as why_not:
        raise JobFailed(str(why_not)) from why_not

    def keep(run: JobRun, result: dict[str, Any]) -> Write:
        store.keep(*(orders.folder(run) / made["name"] for made in result["files"]))
        return lambda: _record(run, briefs[run], result)

    orders = Orders(runs, keep)
    sounds = [
        {
            "brief": briefs[run].as_dict(),
            "folder": str(orders.folder(run)),
            "formats": run.payload.get("formats", []),
        }
        for run in runs
    ]
    try:
        host_of(engine).ask("render", orders, sounds=sounds)
    except (JobFailed, JobCrashed) as fault:
        EngineFault.objects.create(engine=engine, sentence=str(fault))
        raise
    except JobCancelled:
        pass  # each run that wanted it has ended by itself
    finally:
        orders.close()


def _record(run: JobRun, brief: Brief, result: dict[str, Any]) -> dict[str, Any]:
    slot = slot_of(run)
    sound = Sound.objects.record(job=run.job, brief=brief, slot=slot, parent=_parent(run), result=result)
    notes = {"notes": result["notes"]} if result["notes"] else {}
    return give(run, slot, sound) | notes


def _reuse(run: JobRun, sound: Sound) -> dict[str, Any]:
    try:
        sound.refuse_cleaned()
    except CleanedUpError as error:
        raise JobFailed(
            "The library's take was cleaned up this very moment; retry to make it anew."
        ) from error
    return give(run, slot_of(run), sound)


def slot_of(run: JobRun) -> Slot | None:
    """The slot that the sound is for, held until it is written down."""
    if not (pk := run.payload.get("slot")):
        return None
    slots = Slot.objects.select_for_update(of=["self"]).select_related("collection")
    return slots.filter(pk=pk).first()


def _parent(run: JobRun) -> Sound | None:
    pk = run.payload.get("parent")
    return Sound.objects.filter(pk=pk).first() if pk else None


def give(run: JobRun, slot: Slot | None, sound: Sound) -> dict[str, Any]:
    """Make `sound` what the job is to give: its slot's choice if that was asked for, and its result."""
    if slot and run.payload.get("choose") and not slot.is_locked:
        slot.choose(sound, by=sound.owner)
    return {"sound": str(sound.uuid)}
