"""Packs from elsewhere: brought in by their zip, and made as even as ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from jobs.models import Job, NewJob
from jobs.throttles import spend_sounds
from jobs.tiers import tier_of
from jobs.waiting import visitor
from packs.importing.bring import bring
from packs.remaster import adoption_job, remaster_jobs
from sounds.arriving import ToAudioFolder
from sounds.models import Slot
from sounds.wish import WishError
from studio.packs import one_line, pack_to_change, slot_to_change
from studio.says import Request, is_script, page
from studio.takes import take_of
from studio.views.packs import shown


@csrf_exempt  # only so that nothing reads the form before it is said where to; `_bring` looks at the token
@require_POST
def bring_pack(request: HttpRequest) -> HttpResponse:
    """Make a pack of somebody's zip, and go where its sounds come in."""
    visitor.get().step_aside()  # what takes long here is reading the form
    request.upload_handlers = [ToAudioFolder(request)]
    return _bring(request)


@csrf_protect
@page
def _bring(request: Request) -> HttpResponse:
    arrived = request.FILES.get("pack")
    if not isinstance(arrived, TemporaryUploadedFile) or not arrived.size:
        raise WishError("Choose the zip of a pack first.", "pack")
    brought = bring(
        Path(arrived.temporary_file_path()),
        label=arrived.name or "",
        owner=request.user,
        tier=tier_of(request.user),
        title=one_line(request.POST.get("title", "")),
        licence=one_line(request.POST.get("licence", "")),
        remaster=request.POST.get("remaster") == "on",
        spend=lambda sounds: spend_sounds(request, sounds),
    )
    if is_script(request):
        return JsonResponse({"url": resolve_url("studio:pack", brought.pack.slug)})
    return redirect("studio:pack", brought.pack.slug)


@require_POST
@page
def remaster(request: Request, slug: str) -> HttpResponse:
    """Master anew what is chosen and misses the badge; it takes the place of what it comes from."""
    pack = pack_to_change(request, slug)
    _submit(request, remaster_jobs(pack), label=f"Remaster {pack}")
    return shown(request, pack)


@require_POST
@page
def adopt(request: Request, slug: str, key: str) -> HttpResponse:
    """Take a sound of anywhere into a row: mastered for it, and chosen as soon as it is."""
    pack, slot = slot_to_change(request, slug, key)
    take = take_of(request.POST.get("sound", ""))
    if take is None:
        raise WishError("There is no such take; reload the page.", "sound")
    _submit(request, [adoption_job(take, slot)], label=f"{take} for {pack}"[:200])
    Slot.objects.filter(pk=slot.pk).update(enabled=True)
    return HttpResponse(status=204)


def _submit(request: Request, jobs: Sequence[NewJob], *, label: str) -> None:
    spend_sounds(request, len(jobs))
    Job.objects.submit(jobs, owner=request.user, tier=tier_of(request.user), label=label)
