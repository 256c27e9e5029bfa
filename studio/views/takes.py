"""What people say of a take: how good it is, that they like it."""

from __future__ import annotations

import json
import uuid as uuids

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may_change
from jobs.models import Job
from jobs.throttles import spend_sounds
from jobs.tiers import tier_of
from packs.gather import audio_of
from packs.models import BuildItem
from sounds.models import Favourite, Sound
from sounds.more import more_jobs
from sounds.prompts.knobs import STEP
from sounds.wish import WishError
from studio.progress import newest_event
from studio.rows import take_data
from studio.says import Request, page


@require_safe
@page
def sound(request: Request, uuid: uuids.UUID) -> HttpResponse:
    """One sound: heard, seen, measured, with where it comes from and what came of it."""
    take = get_object_or_404(
        Sound.objects.select_related("slot__collection__pack", "slot__hook", "parent", "owner", "job"),
        uuid=uuid,
    )
    context = {
        "sound": take,
        "data": take_data(take),
        "brief": json.dumps(take.brief, indent=2, ensure_ascii=False),
        "provenance": [(name.replace("_", " "), value) for name, value in take.provenance.items()],
        "formats": sorted(file.format for file in audio_of(take) if file.is_there),
        "lineage": _lineage(take),
        "children": take.children.only("uuid", "title", "take_no", "measures", "duration_s").order_by("id")[
            :50
        ],
        "builds": BuildItem.objects.filter(sound=take).select_related("build__pack").order_by("-id")[:20],
        "liked": Favourite.objects.filter(user=request.user, sound=take).exists(),
        "may_change": may_change(request.user, take),
        "newest_event": newest_event(),
    }
    return render(request, "studio/sound.html", context)


@require_POST
@page
def rank(request: Request, uuid: uuids.UUID) -> HttpResponse:
    """Rank a take from 1, the best, to 5; the same rank again takes it away."""
    take = get_object_or_404(Sound, uuid=uuid)
    if not (may_change(request.user, take) or (take.slot and may_change(request.user, take.slot.collection))):
        raise PermissionDenied("Only its owner and staff may rank this sound.")
    text = request.POST.get("rank", "")
    if text not in ("1", "2", "3", "4", "5"):
        raise WishError("Choose a rank from 1, the best, to 5.", "rank")
    wanted = None if take.rank == int(text) else int(text)
    take.note(rank=wanted)
    return JsonResponse({"rank": wanted})


@require_POST
@page
def like(request: Request, uuid: uuids.UUID) -> HttpResponse:
    """Make it a favourite, or no longer."""
    take = get_object_or_404(Sound, uuid=uuid)
    favourite, is_new = Favourite.objects.get_or_create(user=request.user, sound=take)
    if not is_new:
        favourite.delete()
    return JsonResponse({"liked": is_new})


@require_POST
@page
def more(request: Request, uuid: uuids.UUID) -> HttpResponse:
    """Make another like this one, or this one again, and go where it will be."""
    take = get_object_or_404(Sound.objects.select_related("slot__collection"), uuid=uuid)
    amount = STEP if request.POST.get("mutate") else None
    seed = take.seed if request.POST.get("again") else None
    jobs = more_jobs(take, by=request.user, amount=amount, seed=seed)
    spend_sounds(request, len(jobs))
    Job.objects.submit(jobs, owner=request.user, tier=tier_of(request.user), label=take.title)
    return redirect("studio:sound", uuid)


def _lineage(take: Sound) -> list[Sound]:
    """Those it descends from, the first one first."""
    line: list[Sound] = []
    seen = {take.pk}
    while (parent := take.parent) is not None and parent.pk not in seen:
        seen.add(parent.pk)
        line.insert(0, parent)
        take = parent
    return line
