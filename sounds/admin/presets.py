"""Themes, variations and hooks in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from sounds.models import Hook, Theme, Variation
from sounds.models.preset import Preset


class PresetAdmin(admin.ModelAdmin):
    """Shipped presets may be edited and disabled, but not deleted: loading would bring them back."""

    list_filter = ["enabled"]
    search_fields = ["slug", "name", "description"]
    actions = ["enable", "disable"]

    def has_delete_permission(self, request: HttpRequest, obj: Preset | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.shipped)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj and obj.shipped else []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        shipped = queryset.filter(shipped__isnull=False).count()
        if shipped:
            messages.warning(request, f"{shipped} shipped presets were kept; disable them instead.")
        queryset.filter(shipped__isnull=True).delete()

    @admin.display(description="edited", boolean=True)
    def differs(self, preset: Preset) -> bool:
        return preset.edited

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.update(enabled=True)

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.update(enabled=False)


class VariationInline(admin.StackedInline):
    model = Variation
    extra = 0
    fields = ["slug", "name", "description", "style", "voice", "position", "enabled"]
    classes = ["collapse"]
    can_delete = False  # shipped ones would come back; those of one's own go in their own list


@admin.register(Theme)
class ThemeAdmin(PresetAdmin):
    list_display = ["name", "slug", "swatch", "number_of_variations", "position", "enabled", "differs"]
    list_editable = ["position", "enabled"]
    inlines = [VariationInline]

    class Media:
        css = {"all": ["sounds/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Theme]:
        return super().get_queryset(request).annotate(variation_count=Count("variations"))

    @admin.display(description="variations", ordering="variation_count")
    def number_of_variations(self, theme: Any) -> int:
        return theme.variation_count

    @admin.display(description="colour")
    def swatch(self, theme: Theme) -> str:
        return format_html(
            '<span class="swatch" style="background:{}"></span> {}', theme.colour, theme.colour
        )


@admin.register(Variation)
class VariationAdmin(PresetAdmin):
    list_display = ["name", "slug", "theme", "position", "enabled", "differs"]
    list_filter = ["theme", "enabled"]
    list_select_related = ["theme"]
    list_editable = ["position", "enabled"]


@admin.register(Hook)
class HookAdmin(PresetAdmin):
    list_display = [
        "name", "slug", "intent", "length_s", "loudness_lufs", "ccbell_event", "cesp_category",
        "position", "enabled", "differs",
    ]  # fmt: skip
    list_editable = ["position", "enabled"]
    list_filter = ["enabled", "intent", "cesp_category"]
