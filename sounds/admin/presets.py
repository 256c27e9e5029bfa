"""Themes, variations and hooks in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from ccbell_site.admin_base import StudioAdmin
from sounds.admin.ordering import DragOrder
from sounds.admin.players import try_it
from sounds.models import Hook, Theme, Variation
from sounds.models.preset import Preset


class PresetAdmin(DragOrder, StudioAdmin):
    """Shipped presets may be edited and disabled, but not deleted: loading would bring them back."""

    list_filter = ["enabled"]
    search_fields = ["slug", "name", "description"]
    actions = ["enable", "disable"]

    def has_delete_permission(self, request: HttpRequest, obj: Preset | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.shipped)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = [str(name) for name in super().get_readonly_fields(request, obj)]
        return [*given, "slug"] if obj and obj.shipped else given

    def deletable(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if shipped := rows.filter(shipped__isnull=False).count():
            messages.warning(request, f"{shipped} shipped presets were kept; disable them instead.")
        return rows.filter(shipped__isnull=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.filter(shipped__isnull=True).delete()

    @admin.display(description="")
    def origin(self, preset: Preset) -> str:
        """Whether it is as it was shipped."""
        word = "" if preset.shipped is None else "edited" if preset.edited else "shipped"
        return format_html('<span class="state {}">{}</span>', word, word or "own")

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.update(enabled=True)

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.update(enabled=False)


class VariationInline(TabularInline):
    """In the order in which they are dragged; the rest of each is on its own page."""

    model = Variation
    extra = 0
    fields = ["name", "slug", "example", "enabled", "position"]
    readonly_fields = ["example"]
    ordering = ["position", "slug"]
    ordering_field = "position"
    hide_ordering_field = True
    show_change_link = True
    can_delete = False  # shipped ones would come back; those of one's own go in their own list

    @admin.display(description="example")
    def example(self, variation: Variation) -> str:
        return try_it(variation.theme.slug, variation.slug) if variation.pk else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variation]:
        return super().get_queryset(request).select_related("theme")


@admin.register(Theme)
class ThemeAdmin(PresetAdmin):
    list_display = ["name", "slug", "swatch", "example", "of_it", "enabled", "origin"]
    list_editable = ["enabled"]
    inlines = [VariationInline]
    readonly_fields = ["example"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "example", "description", "enabled"]}),
        ("Words for a neural engine", {"fields": ["style"]}),
        ("For one that plays", {"fields": ["tempo", "tonic", "voice"]}),
        ("How it is shown", {"fields": ["colour", "position"]}),
    ]

    class Media:
        js = ["sounds/try.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Theme]:
        return super().get_queryset(request).annotate(variation_count=Count("variations"))

    @admin.display(description="example")
    def example(self, theme: Theme) -> str:
        return try_it(theme.slug) if theme.pk else "Save it first, then hear it."

    @admin.display(description="variations", ordering="variation_count")
    def of_it(self, theme: Any) -> str:
        listing = reverse("admin:sounds_variation_changelist")
        return format_html(
            '<a href="{}?theme__id__exact={}">{}</a>', listing, theme.pk, theme.variation_count
        )

    @admin.display(description="colour")
    def swatch(self, theme: Theme) -> str:
        return format_html(
            '<span class="swatch" style="background:{}"></span> {}', theme.colour, theme.colour
        )


@admin.register(Variation)
class VariationAdmin(PresetAdmin):
    list_display = ["name", "slug", "theme", "example", "enabled", "origin"]
    list_filter = ["theme", "enabled"]
    list_select_related = ["theme"]
    list_editable = ["enabled"]
    ordering = ["theme__position", "theme", "position", "slug"]
    readonly_fields = ["example"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "theme", "example", "description", "enabled"]}),
        ("What differs from its theme", {"fields": ["style", "voice"]}),
        ("How it is shown", {"fields": ["position"]}),
    ]

    class Media:
        js = ["sounds/try.js"]

    def may_drag(self, request: HttpRequest) -> bool:
        """Inside one theme: across themes a position means nothing."""
        return super().may_drag(request) and "theme__id__exact" in request.GET

    @admin.display(description="example")
    def example(self, variation: Variation) -> str:
        if not variation.pk:
            return "Save it first, then hear it."
        return try_it(variation.theme.slug, variation.slug)


@admin.register(Hook)
class HookAdmin(PresetAdmin):
    list_display = [
        "name", "slug", "intent", "length_s", "loudness_lufs", "ccbell_event", "cesp_category", "enabled",
        "origin",
    ]  # fmt: skip
    list_editable = ["enabled"]
    list_filter = ["enabled", "intent", "cesp_category"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "description", "enabled"]}),
        ("When it sounds", {"fields": ["claude_events", "ccbell_event", "cesp_category", "intent"]}),
        ("How it sounds", {"fields": ["length_s", "loudness_lufs", "gesture", "motif"]}),
        ("How it is shown", {"fields": ["position"]}),
    ]
