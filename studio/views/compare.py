"""Two packs side by side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import may_change
from packs.models import Pack
from sounds.models import Sound
from studio.packs import all_packs, pack_of
from studio.rows import take_data
from studio.says import Request, page


@require_safe
@page
def compare(request: Request) -> HttpResponse:
    """The sounds of two packs for the same hooks, to be flipped between."""
    packs = [pack_of(slug) for slug in (request.GET.get("a"), request.GET.get("b")) if slug]
    chosen = [_chosen(pack) for pack in packs]
    keys = list(dict.fromkeys(key for sounds in chosen for key in sounds))
    into = [_takes_in(request, pack) for pack in reversed(packs)]
    pairs = [
        (key, [_heard(sounds.get(key), rows.get(key)) for sounds, rows in zip(chosen, into, strict=True)])
        for key in keys
    ]
    context = {"packs": packs, "pairs": pairs, "all_packs": all_packs().order_by("slug")}
    return render(request, "studio/compare.html", context)


def _chosen(pack: Pack) -> dict[str, Sound]:
    slots = pack.collection.slots.filter(enabled=True).select_related("chosen").order_by("position", "id")
    return {slot.key: slot.chosen for slot in slots if slot.chosen}


def _takes_in(request: Request, pack: Pack) -> dict[str, dict[str, str]]:
    """Key to where a sound goes that the pack is to have: the rows that whoever looks may change."""
    if pack.collection.locked_at or not may_change(request.user, pack.collection):
        return {}
    keys = pack.collection.slots.filter(locked=False).values_list("key", flat=True)
    return {
        key: {"url": reverse("studio:adopt", args=[pack.slug, key]), "pack": pack.collection.title}
        for key in keys
    }


def _heard(sound: Sound | None, into: dict[str, str] | None) -> dict[str, object] | None:
    """A take as the player knows it, and where else it could go."""
    return take_data(sound) | {"into": into} if sound else None
