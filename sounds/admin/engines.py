"""The engines in the admin: their states, what went wrong with them, and a button that unloads one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from ccbell_site.admin_base import ReadOnlyAdmin
from sounds.engine_status import engine_statuses, unload
from sounds.engines.registry import EngineError
from sounds.models import EngineFault

UNLOAD = "sounds.unload_engine"


@admin.register(EngineFault)
class EngineFaultAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "engine", "sentence"]
    list_filter = ["engine", "created_at"]
    search_fields = ["sentence"]
    list_before_template = "admin/sounds/enginefault/engines.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        more = {
            "engines": engine_statuses(),
            "may_unload": request.user.has_perm(UNLOAD),
            "title": "Engines",
        }
        return super().changelist_view(request, (extra_context or {}) | more)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.unload_view))
        return [path("unload/<str:engine>/", view, name="sounds_engine_unload"), *super().get_urls()]

    def unload_view(self, request: HttpRequest, engine: str) -> HttpResponse:
        if not request.user.has_perm(UNLOAD):
            raise PermissionDenied
        try:
            messages.success(request, unload(engine))
        except EngineError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:sounds_enginefault_changelist"))
