"""Two packs side by side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

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
    pairs = [(key, [_heard(sounds.get(key)) for sounds in chosen]) for key in keys]
    context = {"packs": packs, "pairs": pairs, "all_packs": all_packs().order_by("slug")}
    return render(request, "studio/compare.html", context)


def _chosen(pack: Pack) -> dict[str, Sound]:
    slots = pack.collection.slots.filter(enabled=True).select_related("chosen").order_by("position", "id")
    return {slot.key: slot.chosen for slot in slots if slot.chosen}


def _heard(sound: Sound | None) -> dict[str, object] | None:
    return take_data(sound) if sound else None
