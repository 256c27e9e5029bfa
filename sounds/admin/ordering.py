"""Lists that are put in order by dragging: a drop is saved at once, see ``order.js``."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin


class DragOrder(ModelAdmin):
    """Rows with a `position`; nobody drags who may not change them, or where they are sorted otherwise."""

    ordering_field = "position"
    hide_ordering_field = True
    list_before_template = "admin/sounds/order.html"

    class Media:
        js = ["sounds/order.js"]

    def may_drag(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and "o" not in request.GET and "q" not in request.GET

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        if not self.may_drag(request):
            shown.model_admin = copy.copy(self)  # the theme's template asks it whether there are handles
            shown.model_admin.ordering_field = None
        return shown

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.order_view))
        return [
            path("order/", view, name=f"{self.opts.app_label}_{self.opts.model_name}_order"),
            *super().get_urls(),
        ]

    def order_view(self, request: HttpRequest) -> HttpResponse:
        """Put the rows ``pk`` into the order in which they are named; answers with their positions."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            pks = [int(pk) for pk in request.POST.getlist("pk")]
        except ValueError:
            return JsonResponse({"detail": "The rows are named by their numbers."}, status=400)
        return JsonResponse(put_in_order(self.get_queryset(request), pks))


@transaction.atomic
def put_in_order(rows: QuerySet[Any], pks: Sequence[int]) -> dict[int, int]:
    """Give the rows each other's positions so that they stand as named; primary key to position.

    Rows between which nothing moved keep theirs: a shipped preset in its place counts as unedited.
    """
    named = {row.pk: row for row in rows.filter(pk__in=pks)}
    least = 0
    for pk, free in zip(
        [pk for pk in dict.fromkeys(pks) if pk in named],
        sorted(row.position for row in named.values()),
        strict=True,
    ):
        least = max(free, least)
        if named[pk].position != least:
            named[pk].position = least
            named[pk].save(update_fields=["position"])
        least += 1
    return {pk: row.position for pk, row in named.items()}
