"""Takes side by side: heard, seen, measured, ranked, and one of them chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from ccbell_site.admin_base import StudioAdmin, back
from sounds.admin.players import player
from sounds.errors import CleanedUpError
from sounds.models import Slot, Sound

MOST = 24
"""More takes than anybody compares at once."""
PAGE = "admin:sounds_sound_compare"
RANKS = range(1, 6)


class Comparison(StudioAdmin):
    """The page with takes side by side, and what its buttons do."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        choose, rank = require_POST(self.choose_view), require_POST(self.rank_view)
        return [
            path("compare/", view(require_safe(self.compare_view)), name="sounds_sound_compare"),
            path("compare/choose/<int:pk>/<int:slot>/", view(choose), name="sounds_sound_choose"),
            path("compare/rank/<int:pk>/", view(rank), name="sounds_sound_rank"),
            *super().get_urls(),
        ]

    def has_choose_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sounds.change_slot")

    @admin.action(description="Compare side by side")
    def compare(self, request: HttpRequest, queryset: QuerySet[Sound]) -> HttpResponse | None:
        pks = list(queryset.order_by("slot", "take_no", "pk").values_list("pk", flat=True)[: MOST + 1])
        if len(pks) > MOST:
            messages.warning(request, f"Select at most {MOST} sounds to compare.")
            return None
        return HttpResponseRedirect(f"{reverse(PAGE)}?{urlencode([('sound', pk) for pk in pks])}")

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        slot, takes = _asked_for(request)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Takes of {slot}" if slot else "Takes side by side",
            "opts": slot._meta if slot else None,
            "original": slot,
            "media": self.media,
            "slot": slot,
            "takes": [_told(take, slot) for take in takes],
            "best": max(take.quality for take in takes) if len(takes) > 1 else None,
            "ranks": RANKS,
            "may_choose": self.has_choose_permission(request),
            "may_rank": self.has_change_permission(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/sounds/sound/compare.html", context)

    def choose_view(self, request: HttpRequest, pk: int, slot: int) -> HttpResponse:
        """Choose a take for a slot."""
        if not self.has_choose_permission(request):
            raise PermissionDenied
        take = get_object_or_404(Sound, pk=pk)
        place = get_object_or_404(Slot.objects.select_related("collection", "chosen"), pk=slot)
        if place.is_locked:
            messages.warning(request, f"{place} is locked and keeps what it has; unlock it first.")
        elif not place.may_choose(take):
            messages.warning(request, f"“{take}” is no take of {place}.")
        else:
            self._choose(request, take, place)
        return back(request, f"{reverse(PAGE)}?slot={place.pk}")

    def _choose(self, request: HttpRequest, take: Sound, place: Slot) -> None:
        by = request.user if isinstance(request.user, User) else None
        try:
            if place.choose(take, by=by):
                messages.success(request, f"{place}: take {take.take_no} is chosen.")
        except CleanedUpError as error:
            messages.warning(request, str(error))

    def rank_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give a take its rank, or take it away."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        take = get_object_or_404(Sound, pk=pk)
        asked = request.POST.get("rank", "")
        if asked and asked not in map(str, RANKS):
            messages.warning(request, "Choose a rank from 1 to 5, or none.")
        else:
            take.note(rank=int(asked) if asked else None)
        return back(request, f"{reverse(PAGE)}?sound={take.pk}")


def _asked_for(request: HttpRequest) -> tuple[Slot | None, list[Sound]]:
    """All takes of the ``slot``, or those that ``sound`` names, in the order of their making."""
    slots = Slot.objects.select_related("collection", "hook", "chosen")
    rows = Sound.objects.prefetch_related("tags", Prefetch("slot", slots))
    try:
        if asked := request.GET.get("slot"):
            slot = get_object_or_404(slots, pk=int(asked))
            takes = rows.filter(Q(slot=slot) | Q(pk=slot.chosen_id)).order_by("take_no", "pk")
            return slot, list(takes[:MOST])
        pks = [int(pk) for pk in request.GET.getlist("sound")][:MOST]
    except ValueError as error:
        raise Http404("Takes are named by their numbers.") from error
    return None, list(rows.filter(pk__in=pks).order_by("slot", "take_no", "pk"))


def _told(take: Sound, slot: Slot | None) -> dict[str, Any]:
    """What the page shows of a take; `slot` is the one that is looked at, if it is one."""
    place = slot or take.slot
    return {
        "sound": take,
        "player": player(take),
        "slot": place,
        "chosen": bool(place and place.chosen_id == take.pk),
        "locked": bool(place and place.is_locked),
        "off": f"{round(take.loudness_lufs - take.intended_lufs, 1) + 0:+.1f} LU",
        "prompt": take.brief.get("prompt", ""),
    }
