"""The first page: what shall it sound like?"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from packs.recipe import Recipe
from sounds.engine_status import engine_statuses
from sounds.models import Hook, Theme, Variation
from sounds.prompts.build import MAX_PROMPT_LENGTH
from sounds.wish import WishError
from studio import hooks
from studio.packs import all_packs, make, one_line
from studio.says import Request, page, said_of

RECENT = 6
MOST_TAKES = 8
"""More would only tire whoever has to hear them all; single rows can have more."""
TAKES = (1, 2, 3, 4, MOST_TAKES)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def home(request: Request) -> HttpResponse:
    """Choose, and generate all; what is wrong with a choice is said on the page, which keeps it."""
    if request.method != "POST":
        return _page(request)
    try:
        return _make(request)
    except Exception as why:
        said, status = said_of(why)
        if not said:
            raise
        return _page(request, error=said, chosen=request.POST, status=status)


def _make(request: Request) -> HttpResponse:
    asked = request.POST
    settings: dict[str, Any] = {
        "engine": asked.get("engine") or "auto",
        "quality": asked.get("quality") or "standard",
    }
    on = asked.getlist("hook")
    if not on:
        raise WishError("Every hook is switched off; switch at least one on.", "hooks")
    recipe = Recipe.of(
        asked.get("theme", ""),
        variation=asked.get("variation", ""),
        prompt=asked.get("prompt", "").strip() or None,
        hooks=on,
        takes=_whole(asked.get("takes") or "1"),
        fresh=True,
        **settings,
    )
    lengths = {slug: hooks.seconds(asked[f"length-{slug}"]) for slug in on if asked.get(f"length-{slug}")}
    pack, _ = make(request, recipe, lengths=lengths, settings=settings)
    return redirect("studio:pack", pack.slug)


def _page(
    request: Request, *, error: str = "", chosen: QueryDict | None = None, status: int = 200
) -> HttpResponse:
    variations = Prefetch("variations", Variation.objects.filter(enabled=True))
    context: dict[str, Any] = {
        "themes": Theme.objects.filter(enabled=True).prefetch_related(variations),
        "hooks": _hooks(chosen),
        "intents": hooks.INTENTS,
        "engines": [status for status in engine_statuses() if not status.why_not],
        "recent": all_packs().filter(collection__owner=request.user).order_by("-pk")[:RECENT],
        "takes": TAKES,
        "longest_prompt": MAX_PROMPT_LENGTH,
        "error": error,
        "chosen": chosen or QueryDict(),
    }
    return render(request, "studio/make.html", context, status=status)


def _hooks(chosen: QueryDict | None) -> list[dict[str, Any]]:
    """Each hook with whether it is on and how long it is, as chosen or as usual."""
    on = chosen.getlist("hook") if chosen is not None else None
    return [
        {
            "hook": hook,
            "on": on is None or hook.slug in on,
            "length": (chosen.get(f"length-{hook.slug}") if chosen else "") or f"{hook.length_s:g}",
        }
        for hook in Hook.objects.filter(enabled=True)
    ]


def _whole(text: str) -> int:
    if len(text) > 2 or not text.isdecimal() or not 1 <= int(text) <= MOST_TAKES:
        raise WishError(f"Choose from 1 to {MOST_TAKES} takes a hook.", "takes")
    return int(text)


@require_POST
@page
def add_hook(request: Request) -> HttpResponse:
    """A hook of one's own; answers with its row."""
    if not request.user.has_perm("sounds.add_hook"):
        raise PermissionDenied("You may not add hooks; ask an administrator to, or for the permission.")
    hook = hooks.add(
        name=one_line(request.POST.get("name", "")),
        intent=request.POST.get("intent", ""),
        length_s=hooks.seconds(request.POST.get("length", "") or "1"),
        claude_event=one_line(request.POST.get("event", "")),
    )
    row = {"hook": hook, "on": True, "length": f"{hook.length_s:g}"}
    response = render(request, "studio/_hook.html", {"row": row})
    response.status_code = 201
    return response
