"""Collections and slots in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from jobs.read_only import ReadOnlyAdmin
from sounds.admin.players import PlayerMedia, player
from sounds.models import Choice, Collection, Slot


class SlotInline(admin.TabularInline):
    model = Slot
    fields = ["key", "hook", "enabled", "locked", "listen"]
    readonly_fields = ["key", "hook", "listen"]
    show_change_link = True
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        return super().get_queryset(request).select_related("hook", "chosen", "collection")

    @admin.display(description="chosen take")
    def listen(self, slot: Slot) -> str:
        return player(slot.chosen)


class SavesOnlyChanges(admin.ModelAdmin):
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

    class Media(PlayerMedia):
        pass

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        return super().get_queryset(request).annotate(slot_count=Count("slots"))

    @admin.display(description="slots", ordering="slot_count")
    def number_of_slots(self, collection: Any) -> int:
        return collection.slot_count


@admin.register(Slot)
class SlotAdmin(SavesOnlyChanges):
    list_display = ["key", "collection", "listen", "number_of_takes", "enabled", "locked"]
    list_editable = ["enabled", "locked"]
    list_filter = ["enabled", "locked", "hook", "collection"]
    list_select_related = ["collection", "chosen"]
    search_fields = ["key", "collection__title"]
    readonly_fields = ["chosen", "listen"]
    actions = ["undo"]

    class Media(PlayerMedia):
        pass

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        return super().get_queryset(request).annotate(take_count=Count("takes"))

    @admin.display(description="chosen take")
    def listen(self, slot: Slot) -> str:
        return player(slot.chosen)

    @admin.display(description="takes", ordering="take_count")
    def number_of_takes(self, slot: Any) -> int:
        return slot.take_count

    @admin.action(description="Undo the latest choice", permissions=["change"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Slot]) -> None:
        messages.info(request, f"{sum(slot.undo() for slot in queryset)} choices taken back.")


@admin.register(Choice)
class ChoiceAdmin(ReadOnlyAdmin):
    list_display = ["slot", "before", "after", "by", "at"]
    list_select_related = ["slot__collection", "before", "after", "by"]
    list_filter = ["at"]
