"""More takes from a sound there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from ccbell_site.strict import Strict
from jobs.models import NewJob
from sounds.api.access import Locked, may_change
from sounds.api.fields import Duration, Knobs, Number, Seed, Whole, Words
from sounds.api.generate import BESIDE_MASTER
from sounds.brief import Brief
from sounds.engines.base import EngineCard
from sounds.engines.registry import resolve
from sounds.handlers import sound_job
from sounds.models import Slot, Sound
from sounds.prompts.build import PromptError
from sounds.prompts.change import changed
from sounds.prompts.knobs import KNOBS, STEP, mutate
from sounds.prompts.seeds import MAX_SEED
from sounds.uploads import ENGINE as UPLOAD
from sounds.wish import MOST_TAKES, drawn_seed


class MoreSerializer(Strict, serializers.Serializer):
    """What both ways of making more have in common; the takes join the slot of the one they come from."""

    seed = Seed(required=False, help_text="Of the first take; drawn where it is left out.")
    takes = Whole(required=False, default=1, min_value=1, max_value=MOST_TAKES)
    choose = serializers.BooleanField(
        required=False, default=False, help_text="Make the first take its slot's choice."
    )


class MutateSerializer(MoreSerializer):
    """Knobs turned by chance (`amount`, `locked`), or as `knobs` says."""

    amount = Number(required=False, default=STEP, min_value=0, max_value=1)
    locked = serializers.ListField(
        child=serializers.ChoiceField(choices=KNOBS), required=False, default=list, max_length=len(KNOBS)
    )
    knobs = Knobs(required=False)


class RegenerateSerializer(MoreSerializer):
    """The same wish, by this engine, in this quality and length, where they are given."""

    engine = Words(required=False)
    quality = Words(required=False)
    duration_s = Duration(required=False)


def more_jobs(
    sound: Sound, *, by: Any, takes: int, choose: bool, seed: int | None = None, **change: Any
) -> list[NewJob]:
    """The jobs for more takes of a sound; raises ``ValueError`` for what cannot be."""
    if sound.engine == UPLOAD:
        raise PromptError("An uploaded sound was not made here, so it cannot be made anew; generate another.")
    engine = resolve(change.pop("engine", sound.engine))
    slot = _slot(sound, by, choose)
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
    if slot.collection.locked_at:
        raise Locked("The collection of this sound is locked; unlock it first.")
    if choose and slot.locked:
        raise Locked(f"The slot {slot.key} is locked; unlock it first.")
    return slot
