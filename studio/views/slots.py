"""What people do with one row of a pack."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jobs.models import Job
from sounds.brief import MAX_DURATION_S
from sounds.models import Hook, Slot, Sound
from sounds.prompts.build import MAX_PROMPT_LENGTH
from sounds.slot_jobs import jobs_for
from sounds.wish import WishError
from studio import hooks
from studio.packs import another, mutated, one_line, pack_to_change, slot_to_change
from studio.says import Request, page
from studio.takes import take_of
from studio.views.packs import shown


@require_POST
@page
def choose(request: Request, slug: str, key: str) -> HttpResponse:
    """Choose a take of the row."""
    pack, slot = slot_to_change(request, slug, key)
    slot.refuse_locked()
    take = _take(request, slot)
    if not take.is_whole:
        raise WishError("The file of this take is gone; press R to make it again.", "sound")
    slot.choose(take, by=request.user)
    return shown(request, pack, [key])


@require_POST
@page
def lock(request: Request, slug: str, key: str) -> HttpResponse:
    """Lock the row, or unlock it: as the button said, whatever somebody else did meanwhile."""
    pack, slot = slot_to_change(request, slug, key)
    locked = request.POST["locked"] == "on" if "locked" in request.POST else not slot.locked
    Slot.objects.filter(pk=slot.pk).update(locked=locked)
    return shown(request, pack, [key])


@require_POST
@page
def take(request: Request, slug: str, key: str) -> HttpResponse:
    """Make one more take."""
    pack, slot = slot_to_change(request, slug, key)
    like = _take(request, slot) if request.POST.get("sound") else None
    another(request, pack, slot, like)
    return shown(request, pack, [key])


@require_POST
@page
def mutate(request: Request, slug: str, key: str) -> HttpResponse:
    """Make one more take that differs a little from the one shown."""
    pack, slot = slot_to_change(request, slug, key)
    mutated(request, pack, slot, _take(request, slot))
    return shown(request, pack, [key])


@require_POST
@page
def cancel(request: Request, slug: str, key: str) -> HttpResponse:
    """Cancel what is being made for the row."""
    pack, slot = slot_to_change(request, slug, key)
    job = _job(slot)
    if job is None or not job.cancel():
        raise WishError("Nothing is being made for this row.", "cancel")
    return shown(request, pack, [key])


@require_POST
@page
def retry(request: Request, slug: str, key: str) -> HttpResponse:
    """Try once more what failed."""
    pack, slot = slot_to_change(request, slug, key)
    job = _job(slot)
    if job is None or not job.retry():
        raise WishError("Nothing of this row has failed; make a new take instead.", "retry")
    return shown(request, pack, [key])


@require_POST
@page
def edit(request: Request, slug: str, key: str) -> HttpResponse:
    """Switch the row on or off, and say how its next takes are to differ."""
    pack, slot = slot_to_change(request, slug, key)
    usual = slot.hook.length_s if slot.hook else MAX_DURATION_S
    length_s = hooks.seconds(request.POST["length"]) if request.POST.get("length") else usual
    prompt = one_line(request.POST.get("prompt", ""))
    if len(prompt) > MAX_PROMPT_LENGTH:
        raise WishError(f"Shorten the words to {MAX_PROMPT_LENGTH:,} characters or fewer.", "prompt")
    Slot.objects.filter(pk=slot.pk).update(enabled=request.POST.get("enabled") == "on")
    slot.ask_for(duration_s=None if length_s == usual else length_s, prompt=prompt)
    return shown(request, pack, [key])


@require_POST
@page
def add(request: Request, slug: str) -> HttpResponse:
    """Add a row for a hook that the pack has none for."""
    pack = pack_to_change(request, slug)
    hook = Hook.objects.filter(enabled=True, slug=request.POST.get("hook", "")).first()
    if hook is None:
        raise WishError("There is no such hook; choose one of the list.", "hook")
    pack.collection.add_slots([hook])
    return redirect("studio:pack", slug)


def _take(request: Request, slot: Slot) -> Sound:
    take = take_of(request.POST.get("sound", ""))
    if take is None or not slot.may_choose(take):
        raise WishError("This row has no such take; reload the page.", "sound")
    return take


def _job(slot: Slot) -> Job | None:
    return jobs_for([slot]).get(slot.pk)
