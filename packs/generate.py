"""From a recipe to a built pack: slots, jobs, choices, build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from jobs.models import Batch, Job, NewJob, Tier
from packs.errors import BuildError
from packs.handlers import BUILD
from packs.models import Pack
from packs.models.pack import RESERVED
from packs.recipe import Recipe
from sounds.brief import Brief
from sounds.handlers import sound_job
from sounds.models import Collection, Slot, Sound


@dataclass(frozen=True, slots=True)
class Wanted:
    """One take that the recipe asks for; the first of a slot becomes its choice."""

    slot: Slot
    brief: Brief
    first: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A pack with everything a recipe wants in it, and what of that is still to be made."""

    pack: Pack
    recipe: Recipe
    slots: Sequence[Slot]
    wanted: Sequence[Wanted]
    missing: Sequence[Wanted]
    ready: Sequence[tuple[Wanted, Sound]] = ()
    """What of it the library has."""

    @classmethod
    def of(cls, recipe: Recipe, *, owner: Any = None, pack: Pack | None = None) -> Plan:
        """Find or make the recipe's pack and slots, and look its takes up in the library.

        With an `owner` it is a pack of his own, or of nobody's if he is staff; `pack` is one to fill instead.
        """
        with transaction.atomic():  # what cannot be made leaves no empty pack behind
            pack = pack or _pack(recipe, owner)
            slots = _slots(pack.collection, recipe)
            wanted = [
                Wanted(slot, brief, first=number == 0)
                for slot in slots
                if slot.hook and not (slot.is_locked and slot.chosen_id)
                for number, brief in enumerate(recipe.briefs(slot.hook, slot.own))
            ]
        made = Sound.objects.in_library(one.brief.fingerprint for one in wanted)
        missing = [one for one in wanted if one.brief.fingerprint not in made]
        ready = [(one, made[one.brief.fingerprint]) for one in wanted if one.brief.fingerprint in made]
        return cls(pack, recipe, slots, wanted, missing, ready)

    def submit(self, *, owner: Any = None, tier: Tier = Tier.ADMIN, wake: bool = True) -> Batch:
        """Queue a job for every take that is missing."""
        return Job.objects.submit(
            [
                sound_job(
                    one.brief,
                    label=one.slot.hook.name if one.slot.hook else one.slot.key,
                    slot=one.slot,
                    choose=one.first,
                    formats=self.recipe.formats,
                )
                for one in self.missing
            ],
            owner=owner,
            tier=tier,
            label=self.pack.slug,
            wake=wake,
        )

    def choose_ready(self, *, by: Any = None) -> None:
        """Make first takes that are there already their slots' choices."""
        for one, sound in self.ready:
            if one.first and not one.slot.is_locked:
                one.slot.choose(sound, by=by)

    def choose(self, *, by: Any = None) -> None:
        """Make each slot's first take its choice; raises `BuildError` where its files are gone again."""
        firsts = [one for one in self.wanted if one.first]
        made = Sound.objects.in_library(one.brief.fingerprint for one in firsts)
        if gone := [one.slot.key for one in firsts if one.brief.fingerprint not in made]:
            raise BuildError(f"The takes for {', '.join(gone)} were cleaned up meanwhile; make them again.")
        for one in firsts:
            one.slot.choose(made[one.brief.fingerprint], by=by)


def submit_build(
    pack: Pack,
    *,
    slots: Sequence[str] = (),
    version: str = "",
    formats: Sequence[str] = ("wav", "mp3"),
    owner: Any = None,
    tier: Tier = Tier.ADMIN,
    wake: bool = True,
) -> Batch:
    """Queue the building of a pack from what is chosen, as `version` or the next free one.

    `slots` names what goes in, whatever somebody enables or disables meanwhile; else all that is enabled.
    """
    job = NewJob(
        kind=BUILD,
        lane="procedural",
        label=f"Build {pack.slug}",
        payload={"pack": pack.pk, "slots": list(slots), "version": version, "formats": list(formats)},
    )
    return Job.objects.submit([job], owner=owner, tier=tier, label=job.label, wake=wake)


def _pack(recipe: Recipe, owner: Any) -> Pack:
    family = {"theme": recipe.theme, "variation": recipe.variation, "prompt": recipe.prompt}
    for slug in (recipe.slug, recipe.other_slug, recipe.slug_of(owner)):
        if slug in RESERVED:
            continue
        pack = Pack.objects.select_related("collection").filter(slug=slug).first()
        if pack is None:
            break
        is_alike = all(getattr(pack.collection, name) == value for name, value in family.items())
        if is_alike and (owner is None or _may_fill(owner, pack.collection)):
            return pack
    else:
        raise BuildError(f"The names {recipe.slug} and {slug} belong to other packs; rename one.")
    collection = Collection.objects.create(title=recipe.title, owner=owner, **family)
    return Pack.objects.create(collection=collection, slug=slug, description=recipe.description)


def _may_fill(owner: Any, collection: Collection) -> bool:
    """His own, and for staff those of nobody: what the command made."""
    return collection.owner_id == owner.pk or (owner.is_staff and collection.owner_id is None)


def _slots(collection: Collection, recipe: Recipe) -> list[Slot]:
    """A slot for each hook, in order; those that somebody disabled only where they are asked for by name."""
    if collection.locked_at is None:
        collection.add_slots(recipe.hooks)
    keys = [hook.slug for hook in recipe.hooks]
    slots = collection.slots.filter(key__in=keys).select_related("hook", "chosen", "collection")
    if not recipe.by_name:
        slots = slots.filter(enabled=True)
    return list(slots.order_by("position", "id"))
