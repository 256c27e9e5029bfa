"""From a recipe to a built pack: slots, jobs, choices, build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from jobs.models import Batch, Job, NewJob, Tier
from packs.handlers import BUILD
from packs.models import Pack
from packs.recipe import Recipe
from sounds.brief import Brief
from sounds.handlers import GENERATE
from sounds.models import Collection, Hook, Slot, Sound


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
    wanted: Sequence[Wanted]
    missing: Sequence[Wanted]

    @classmethod
    def of(cls, recipe: Recipe, *, owner: Any = None) -> Plan:
        """Find or make the recipe's pack and slots, and look its takes up in the library."""
        briefs = {hook.slug: recipe.briefs(hook) for hook in recipe.hooks}  # first: it may refuse
        with transaction.atomic():
            pack = _pack(recipe, owner)
            slots = _slots(pack.collection, recipe.hooks)
        wanted = [
            Wanted(slot, brief, first=number == 0)
            for slot in slots
            if not (slot.locked and slot.chosen_id)
            for number, brief in enumerate(briefs[slot.key])
        ]
        made = set(
            Sound.objects.with_files()
            .filter(fingerprint__in=[one.brief.fingerprint for one in wanted])
            .values_list("fingerprint", flat=True)
        )
        return cls(pack, recipe, wanted, [one for one in wanted if one.brief.fingerprint not in made])

    def submit(self, *, owner: Any = None, tier: Tier = Tier.ADMIN, wake: bool = True) -> Batch:
        """Queue a job for every take that is missing."""
        return Job.objects.submit(
            [
                NewJob(
                    kind=GENERATE,
                    lane=self.recipe.engine.lane,
                    label=one.slot.hook.name if one.slot.hook else one.slot.key,
                    payload={
                        "brief": one.brief.as_dict(),
                        "slot": one.slot.pk,
                        "choose": one.first,
                        "formats": list(self.recipe.formats),
                    },
                )
                for one in self.missing
            ],
            owner=owner,
            tier=tier,
            label=self.pack.slug,
            wake=wake,
        )

    def choose(self, *, by: Any = None) -> None:
        """Make each slot's first take its choice."""
        firsts = {one.brief.fingerprint: one.slot for one in self.wanted if one.first}
        sounds = Sound.objects.with_files().filter(fingerprint__in=firsts).order_by("-id")
        for sound in sounds:  # the oldest of equals comes last, and stays the choice for good
            firsts[sound.fingerprint].choose(sound, by=by)


def submit_build(
    pack: Pack,
    *,
    version: str = "",
    formats: Sequence[str] = ("wav", "mp3"),
    owner: Any = None,
    tier: Tier = Tier.ADMIN,
    wake: bool = True,
) -> Batch:
    """Queue the building of a pack from what is chosen, as `version` or the next free one."""
    job = NewJob(
        kind=BUILD,
        lane="procedural",
        label=f"Build {pack.slug}",
        payload={"pack": pack.pk, "version": version, "formats": list(formats)},
    )
    return Job.objects.submit([job], owner=owner, tier=tier, label=job.label, wake=wake)


def _pack(recipe: Recipe, owner: Any) -> Pack:
    if pack := Pack.objects.select_related("collection").filter(slug=recipe.slug).first():
        return pack
    collection = Collection.objects.create(
        title=recipe.title,
        theme=recipe.theme,
        variation=recipe.variation,
        prompt=recipe.prompt,
        owner=owner,
    )
    description = recipe.variation.description if recipe.variation else recipe.theme.description
    return Pack.objects.create(collection=collection, slug=recipe.slug, description=description[:256])


def _slots(collection: Collection, hooks: Sequence[Hook]) -> list[Slot]:
    """A slot for each hook, in order; slots of hooks that are not asked for are switched off."""
    collection.slots.exclude(hook__in=hooks).update(enabled=False)
    there = {slot.key: slot for slot in collection.slots.select_related("hook", "chosen")}
    Slot.objects.bulk_create(
        Slot(collection=collection, key=hook.slug, hook=hook, position=hook.position)
        for hook in hooks
        if hook.slug not in there
    )
    collection.slots.filter(hook__in=hooks, enabled=False).update(enabled=True)
    slots = collection.slots.filter(hook__in=hooks).select_related("hook", "chosen")
    return list(slots.order_by("position", "id"))
