"""Tags and favourites in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from ccbell_site.admin_base import ReadOnlyAdmin, StudioAdmin
from sounds.models import Favourite, Sound, Tag


@admin.register(Tag)
class TagAdmin(StudioAdmin):
    list_display = ["name", "sounds_with_it"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(sound_count=Count("sounds"))

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for sound in obj.sounds.all():
            sound.index()  # search finds them by the new word

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        self.delete_queryset(request, Tag.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        tagged = list(Sound.objects.filter(tags__in=queryset).distinct())
        queryset.delete()
        for sound in tagged:
            sound.index()

    @admin.display(description="sounds", ordering="sound_count")
    def sounds_with_it(self, tag: Any) -> str:
        listing = reverse("admin:sounds_sound_changelist")
        return format_html('<a href="{}?tags__id__exact={}">{}</a>', listing, tag.pk, tag.sound_count)


@admin.register(Favourite)
class FavouriteAdmin(ReadOnlyAdmin):
    list_display = ["sound", "user", "created_at"]
    list_filter = ["user"]
    search_fields = ["sound__title"]
    list_select_related = ["sound", "user"]
