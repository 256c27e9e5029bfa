"""Packs: all of them, and the page where one is heard, chosen and built."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may_change
from jobs.models import Job
from packs.models import Pack
from packs.standing import Standing
from sounds.models import Hook, Slot
from sounds.slot_jobs import unfinished_for
from sounds.wish import WishError
from studio.packs import all_packs, fill, one_line, pack_of, pack_to_change
from studio.players import install_lines
from studio.progress import Progress, newest_event
from studio.rows import Row, rows_of
from studio.says import Request, page

MOST_LISTED = 200
ALL = "*"


@require_safe
@page
def packs(request: Request) -> HttpResponse:
    """All packs, the newest first."""
    listed = list(all_packs().order_by("-pk")[:MOST_LISTED])
    slots = defaultdict(list)
    rows = Slot.objects.filter(collection__pack__in=listed).select_related("chosen", "hook")
    for slot in rows.order_by("position", "id"):
        slots[slot.collection_id].append(slot)
    standings = [Standing(pack, slots[pack.collection_id]) for pack in listed]
    return render(request, "studio/packs.html", {"standings": standings})


@require_safe
@page
def pack(request: Request, slug: str) -> HttpResponse:
    """The studio itself: a pack's rows, its takes, its bar."""
    newest = newest_event()  # first: what happens while the page is made comes again by the stream
    pack = pack_of(slug)
    rows = rows_of(pack.collection, request.user)
    context = {
        "pack": pack,
        "rows": rows,
        "newest_event": newest,
        "progress": Progress.of(pack.collection),
        "unused_hooks": Hook.objects.filter(enabled=True).exclude(slug__in=[row.slot.key for row in rows]),
        "others": all_packs().exclude(pk=pack.pk).order_by("-pk")[:50],
    }
    return render(request, "studio/pack.html", context | _bar(request, pack, rows))


@require_safe
@page
def rows(request: Request, slug: str) -> HttpResponse:
    """The rows of some keys, and those that some jobs are for, as they are now."""
    pack = pack_of(slug)
    keys = set(request.GET.getlist("key"))
    if ALL in keys:
        return shown(request, pack)
    if wanted := [uuid for uuid in request.GET.getlist("job") if _is_uuid(uuid)]:
        slots = [
            pk for pk in Job.objects.filter(uuid__in=wanted).values_list("payload__slot", flat=True) if pk
        ]
        keys |= set(pack.collection.slots.filter(pk__in=slots).values_list("key", flat=True))
    return shown(request, pack, keys)


@require_POST
@page
def generate(request: Request, slug: str) -> HttpResponse:
    """A new take for every row that is neither locked nor off."""
    pack = pack_to_change(request, slug)
    fill(request, pack)
    return shown(request, pack)


@require_POST
@page
def cancel(request: Request, slug: str) -> HttpResponse:
    """Cancel all that is still to be made for it."""
    pack = pack_to_change(request, slug)
    slots = list(pack.collection.slots.values_list("pk", flat=True))
    for job in unfinished_for(slots):
        job.cancel()
    return shown(request, pack)


@require_POST
@page
def undo(request: Request, slug: str) -> HttpResponse:
    """Take back the latest choice in it, whichever row it was made in."""
    pack = pack_to_change(request, slug)
    slot = pack.collection.undo()
    if slot is None:
        raise WishError("There is no choice left to take back.", "undo")
    response = shown(request, pack, [slot.key])
    response["HX-Trigger"] = json.dumps({"studio:undone": {"key": slot.key}})
    return response


@require_POST
@page
def describe(request: Request, slug: str) -> HttpResponse:
    """Give it another title or description, or say who made it."""
    pack = pack_to_change(request, slug)
    title = one_line(request.POST.get("title", ""))
    if not title:
        raise WishError("Give the pack a title.", "title")
    pack.collection.title = title
    pack.collection.full_clean(exclude=["settings"])
    pack.description = one_line(request.POST.get("description", ""))
    pack.author = one_line(request.POST.get("author", "")) or pack.author
    pack.author_github = one_line(request.POST.get("author_github", "")).removeprefix("@")
    pack.homepage = one_line(request.POST.get("homepage", ""))
    pack.full_clean()
    pack.collection.save(update_fields=["title"])
    pack.save(update_fields=["description", "author", "author_github", "homepage"])
    return redirect("studio:pack", slug)


@require_POST
@page
def lock(request: Request, slug: str) -> HttpResponse:
    """Keep everything in it as it is, or let it be changed again."""
    pack = pack_of(slug)
    if pack.collection.locked_at:
        _mine(request, pack).collection.unlock()
    else:
        _mine(request, pack).collection.lock()
    return redirect("studio:pack", slug)


def _mine(request: Request, pack: Pack) -> Pack:
    if not may_change(request.user, pack.collection):
        raise PermissionDenied("Only its owner and staff may lock this pack.")
    return pack


def shown(request: Request, pack: Pack, keys: Iterable[str] | None = None) -> HttpResponse:
    """Rows, progress and bar, each to take the place of what the page has."""
    rows = rows_of(pack.collection, request.user, keys)
    slots: list[Slot] | None = None if keys is not None else [row.slot for row in rows]
    context = {
        "pack": pack,
        "rows": rows,
        "progress": Progress.of(pack.collection),
        "may_change": may_change(request.user, pack.collection),
        "update": True,
    }
    return render(request, "studio/_update.html", context | _bar(request, pack, rows if slots else None))


def _bar(request: Request, pack: Pack, rows: list[Row] | None) -> dict[str, object]:
    """What the bar tells; `rows` are all of the pack's, where they are known already."""
    if rows is None:
        slots = list(pack.collection.slots.select_related("chosen", "hook").order_by("position", "id"))
    else:
        slots = [row.slot for row in rows]
    standing = Standing.of(pack, slots)
    return {
        "standing": standing,
        "install": install_lines(pack.slug, standing.version),
        "may_change": may_change(request.user, pack.collection),
    }


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
