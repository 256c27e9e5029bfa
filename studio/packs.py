"""Packs as people fill them from a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from accounts.access import may_change
from jobs.models import Batch, Job, NewJob
from jobs.throttles import spend_sounds
from jobs.tiers import tier_of
from packs.errors import BuildError
from packs.generate import Plan
from packs.models import Pack
from packs.recipe import Recipe
from sounds.formats import BESIDE_MASTER
from sounds.handlers import sound_job
from sounds.models import Collection, Hook, Slot, Sound
from sounds.more import more_jobs
from sounds.prompts.knobs import STEP
from sounds.slot_jobs import unfinished_for
from studio.says import Request


def one_line(text: str) -> str:
    """What somebody typed, without what no name should have."""
    return " ".join(text.replace("\0", "").split())


def all_packs() -> QuerySet[Pack]:
    return Pack.objects.select_related(
        "collection__theme", "collection__variation", "collection__owner"
    ).prefetch_related("builds")


def pack_of(slug: str) -> Pack:
    pack = all_packs().filter(slug=slug).first()
    if pack is None:
        raise Http404(f"There is no pack {slug}.")
    return pack


def pack_to_change(request: Request, slug: str) -> Pack:
    """A pack for somebody who may change it; raises a sentence for anybody else, and while it is locked."""
    pack = pack_of(slug)
    if not may_change(request.user, pack.collection):
        raise PermissionDenied("Only its owner and staff may change this; make one of your own instead.")
    pack.collection.refuse_locked("pack")
    return pack


def slot_to_change(request: Request, slug: str, key: str) -> tuple[Pack, Slot]:
    pack = pack_to_change(request, slug)
    slot = pack.collection.slots.select_related("hook", "chosen", "collection").filter(key=key).first()
    if slot is None:
        raise Http404(f"The pack {slug} has no row {key}.")
    return pack, slot


def make(
    request: Request, recipe: Recipe, *, lengths: Mapping[str, float], settings: dict[str, Any]
) -> tuple[Pack, Batch]:
    """A new pack with a row for each hook there is, those of the recipe enabled, and its sounds queued."""
    with transaction.atomic():
        collection = Collection.objects.create(
            title=recipe.title,
            owner=request.user,
            theme=recipe.theme,
            variation=recipe.variation,
            prompt=recipe.prompt,
            settings=settings,
        )
        collection.add_slots(Hook.objects.filter(enabled=True))
        wanted = [hook.slug for hook in recipe.hooks]
        collection.slots.exclude(key__in=wanted).update(enabled=False)
        for slot in collection.slots.filter(key__in=lengths).select_related("hook"):
            if slot.hook and lengths[slot.key] != slot.hook.length_s:
                slot.ask_for(duration_s=lengths[slot.key])
        pack = Pack.objects.create_for(collection, description=recipe.description)
        return pack, _queue(request, Plan.of(recipe, owner=request.user, pack=pack))


def fill(request: Request, pack: Pack) -> Batch:
    """A new take for every enabled row that is not locked; it becomes the row's choice.

    Rows that wait for a take already are left out, so that asking twice makes nothing twice.
    """
    with transaction.atomic():
        Collection.objects.select_for_update().get(pk=pack.collection_id)  # who asks second sees the first
        slots = pack.collection.slots.filter(enabled=True, locked=False, hook__enabled=True)
        open_ = dict(slots.values_list("pk", "hook__slug"))
        if not open_:
            raise BuildError(
                "No row can be made anew: each is locked or switched off, or its hook is. Unlock one."
            )
        busy = unfinished_for(open_).values_list("payload__slot", flat=True)
        keys = [open_[pk] for pk in open_.keys() - set(busy)]
        if not keys:
            raise BuildError("Every row waits for a take already; cancel them first to begin anew.")
        recipe = Recipe.of_collection(pack.collection, keys, fresh=True)
        return _queue(request, Plan.of(recipe, owner=request.user, pack=pack))


def _queue(request: Request, plan: Plan) -> Batch:
    spend_sounds(request, len(plan.missing))
    return plan.submit(owner=request.user, tier=tier_of(request.user))


def another(request: Request, pack: Pack, slot: Slot, like: Sound | None) -> Batch:
    """One more take of a row, as the row wants it now; it is chosen only where nothing is.

    One that was cleaned up comes again just as it was.
    """
    if like and like.cleaned_at:
        return _submit(request, pack, more_jobs(like, by=request.user, into=slot, seed=like.seed))
    if slot.hook is None:
        if like is None:
            raise BuildError(f"The hook {slot.key} is gone; add a row for another one.")
        return _submit(request, pack, more_jobs(like, by=request.user, into=slot))
    recipe = Recipe.of_collection(pack.collection, [slot.hook.slug], fresh=True, takes=1)
    jobs = [
        sound_job(
            brief,
            label=slot.hook.name,
            slot=slot,
            parent=like,
            choose=slot.chosen_id is None and not slot.locked,
            again=True,
            formats=BESIDE_MASTER,
        )
        for brief in recipe.briefs(slot.hook, slot.own)
    ]
    return _submit(request, pack, jobs)


def mutated(request: Request, pack: Pack, slot: Slot, take: Sound) -> Batch:
    """One more take that differs a little from that one."""
    return _submit(request, pack, more_jobs(take, by=request.user, into=slot, amount=STEP))


def _submit(request: Request, pack: Pack, jobs: Sequence[NewJob]) -> Batch:
    spend_sounds(request, len(jobs))
    return Job.objects.submit(jobs, owner=request.user, tier=tier_of(request.user), label=pack.slug)
