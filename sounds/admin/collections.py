"""Collections and slots in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter

from ccbell_site.admin_base import ReadOnlyAdmin, StudioAdmin, Verb, verb
from sounds.admin.compare import PAGE
from sounds.admin.players import player
from sounds.models import Choice, Collection, Slot


class SlotInline(TabularInline):
    model = Slot
    fields = ["key", "listen", "takes_of_it", "enabled", "locked"]
    readonly_fields = ["key", "listen", "takes_of_it"]
    show_change_link = True
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        rows = super().get_queryset(request).select_related("hook", "chosen", "collection")
        return rows.annotate(take_count=Count("takes"))

    @admin.display(description="chosen take")
    def listen(self, slot: Slot) -> str:
        return player(slot.chosen)

    @admin.display(description="takes")
    def takes_of_it(self, slot: Any) -> str:
        return takes_of(slot)


class SavesOnlyChanges(StudioAdmin):
    """Writes no field that the person did not touch: a job may have chosen a take meanwhile."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(update_fields=form.changed_data if change else None)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row, fields in formset.changed_objects:
            row.save(update_fields=fields)


@admin.register(Collection)
class CollectionAdmin(SavesOnlyChanges):
    list_display = ["title", "kind", "theme", "variation", "number_of_slots", "owner", "created_at"]
    list_filter = ["kind", "theme", "created_at"]
    list_select_related = ["theme", "variation", "owner"]
    search_fields = ["title", "prompt", "uuid"]
    inlines = [SlotInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        return super().get_queryset(request).annotate(slot_count=Count("slots"))

    @admin.display(description="slots", ordering="slot_count")
    def number_of_slots(self, collection: Any) -> int:
        return collection.slot_count


@admin.register(Slot)
class SlotAdmin(SavesOnlyChanges):
    list_display = ["key", "collection", "listen", "takes_of_it", "enabled", "locked"]
    list_editable = ["enabled", "locked"]
    list_filter = [
        "enabled",
        "locked",
        ("hook", RelatedDropdownFilter),
        ("collection", RelatedDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related = ["collection", "chosen"]
    search_fields = ["key", "collection__title"]
    readonly_fields = ["chosen", "listen", "takes_of_it"]
    actions = ["undo"]
    verbs = ("undo_one",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        return super().get_queryset(request).annotate(take_count=Count("takes"))

    @admin.display(description="chosen take")
    def listen(self, slot: Slot) -> str:
        return player(slot.chosen)

    @admin.display(description="takes", ordering="take_count")
    def takes_of_it(self, slot: Any) -> str:
        return takes_of(slot)

    def fits(self, one: Verb, row: Slot) -> bool:
        return not row.locked

    @verb("undo", icon="undo")
    def undo_one(self, request: HttpRequest, slot: Slot) -> str:
        if slot.is_locked:
            return f"{slot} is locked and keeps what it has; unlock it first."
        if not slot.undo():
            return f"No choice is left to take back for {slot}."
        chosen = f"take {slot.chosen.take_no} is chosen again" if slot.chosen else "nothing is chosen"
        return f"{slot}: {chosen}."

    @admin.action(description="Undo the latest choice", permissions=["change"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Slot]) -> None:
        messages.info(request, f"{sum(slot.undo() for slot in queryset)} choices taken back.")


@admin.register(Choice)
class ChoiceAdmin(ReadOnlyAdmin):
    list_display = ["slot", "before", "after", "by", "at"]
    list_select_related = ["slot__collection", "before", "after", "by"]
    list_filter = ["at"]


def takes_of(slot: Any) -> str:
    """How many there are, leading to all of them side by side."""
    number = slot.take_count
    if not number:
        return "none"
    return format_html('<a href="{}?slot={}">Compare {}</a>', reverse(PAGE), slot.pk, number)
