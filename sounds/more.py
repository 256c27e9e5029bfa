"""More takes from a sound there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.access import may_change
from jobs.models import NewJob
from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.engines.registry import resolve
from sounds.formats import BESIDE_MASTER
from sounds.handlers import sound_job
from sounds.models import Slot, Sound
from sounds.prompts.build import PromptError
from sounds.prompts.change import changed
from sounds.prompts.knobs import mutate
from sounds.prompts.seeds import MAX_SEED
from sounds.wish import drawn_seed


def more_jobs(
    sound: Sound,
    *,
    by: Any,
    takes: int = 1,
    choose: bool = False,
    seed: int | None = None,
    into: Slot | None = None,
    **change: Any,
) -> list[NewJob]:
    """The jobs for more takes of a sound; raises ``ValueError`` for what cannot be.

    They join the slot of the sound, unless they are to go `into` another.
    """
    if not sound.is_made_here:
        raise PromptError("This sound was not made here, so it cannot be made anew; generate another.")
    engine = resolve(change.pop("engine", sound.engine))
    slot = into or _slot(sound, by, choose)
    if seed is None:  # knobs that are set, not drawn, are heard best beside the same chance
        seed = sound.seed if change.get("knobs") is not None else drawn_seed()
    seeds = [(seed + take) % (MAX_SEED + 1) for take in range(takes)]
    briefs = [_brief(sound.plan(), engine, one, **change) for one in seeds]
    return [
        sound_job(
            brief,
            label=sound.title,
            slot=slot,
            parent=sound,
            choose=choose and number == 0,
            again=True,
            formats=BESIDE_MASTER,
        )
        for number, brief in enumerate(briefs)
    ]


def _brief(
    plan: Brief,
    engine: EngineCard,
    seed: int,
    *,
    knobs: Mapping[str, float] | None = None,
    amount: float | None = None,
    locked: Sequence[str] = (),
    **change: Any,
) -> Brief:
    """With an `amount` and no `knobs`, those of the plan are turned by chance, and its own seed stays."""
    if amount is None or knobs is not None:
        return changed(plan, engine, seed=seed, knobs=knobs, **change)
    if not engine.capabilities.knobs:
        raise PromptError(f"The engine {engine.id} has no knobs to turn; regenerate the sound instead.")
    turned = mutate(plan.knobs, seed=seed, amount=amount, locked=frozenset(locked))
    return changed(plan, engine, seed=plan.seed, knobs=turned)


def _slot(sound: Sound, user: Any, choose: bool) -> Slot | None:
    """The slot that takes join: the sound's, if whoever asks may change its collection."""
    slot = sound.slot
    if slot is None or not may_change(user, slot.collection):
        if choose:
            raise PromptError("This sound is in no slot of yours that could choose it.", "choose")
        return None
    slot.collection.refuse_locked("sound")
    if choose:
        slot.refuse_locked()
    return slot
