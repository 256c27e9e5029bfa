"""Tags and favourites in the admin."""

from __future__ import annotations

from django.contrib import admin

from jobs.read_only import ReadOnlyAdmin
from sounds.models import Favourite, Tag


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    search_fields = ["name"]


@admin.register(Favourite)
class FavouriteAdmin(ReadOnlyAdmin):
    list_display = ["sound", "user", "created_at"]
    list_filter = ["user"]
    search_fields = ["sound__title"]
    list_select_related = ["sound", "user"]
