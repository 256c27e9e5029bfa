"""Sounds in the admin: to hear, compare, choose."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, ProtectedError, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.models import User
from jobs.read_only import ReadOnlyAdmin, ReadOnlyInline
from sounds.admin.players import PlayerMedia, player
from sounds.models import AudioFile, Sound
from sounds.search import matching


class AudioFileInline(ReadOnlyInline):
    model = AudioFile
    fields = ["role", "format", "path", "bytes", "sha256"]


@admin.register(AudioFile)
class AudioFileAdmin(ReadOnlyAdmin):
    list_display = ["path", "role", "format", "size", "is_there"]
    list_filter = ["role", "format"]
    search_fields = ["path", "sha256"]
    actions = None  # they come and go with their sounds

    @admin.display(description="size", ordering="bytes")
    def size(self, file: AudioFile) -> str:
        return f"{file.bytes / 1000:.0f} kB"

    @admin.display(description="on disk", boolean=True)
    def is_there(self, file: AudioFile) -> bool:
        return file.location.is_file()


@admin.register(Sound)
class SoundAdmin(admin.ModelAdmin):
    list_display = [
        "id", "title", "listen", "chosen", "length", "loudness", "peak", "score", "engine", "seed",
        "rank", "created_at",
    ]  # fmt: skip
    list_display_links = ["id", "title"]
    list_filter = ["engine", "theme", "hook", "tags", "rank", "licence", "created_at"]
    list_select_related = ["slot__collection"]
    search_fields = ["title"]  # shows the field; see `get_search_results`
    search_help_text = "Words, or beginnings of words, of title, prompt, hook, theme, engine and tags."
    autocomplete_fields = ["tags"]
    actions = ["choose"]
    inlines = [AudioFileInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "rank",
                    "tags",
                    "listen",
                    "picture",
                    "slot",
                    "take_no",
                    "parent",
                    "job",
                    "owner",
                ]
            },
        ),
        (
            "Measured",
            {"fields": ["length", "loudness", "intended_lufs", "gain_db", "peak", "score", "reasons"]},
        ),
        ("Made from", {"fields": ["engine", "engine_version", "seed", "brief", "fingerprint", "uuid"]}),
        ("Licence", {"fields": ["licence", "attribution"]}),
    ]
    readonly_fields = [
        "listen", "picture", "slot", "take_no", "parent", "job", "owner", "length", "loudness",
        "intended_lufs", "gain_db", "peak", "score", "reasons", "engine", "engine_version", "seed", "brief",
        "fingerprint", "uuid", "licence", "attribution",
    ]  # fmt: skip

    class Media(PlayerMedia):
        pass

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sound]:
        return super().get_queryset(request).annotate(chosen_count=Count("chosen_in"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Sound], search_term: str
    ) -> tuple[QuerySet[Sound], bool]:
        return matching(queryset, search_term) if search_term.strip() else queryset, False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.index()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="sound")
    def listen(self, sound: Sound) -> str:
        return player(sound)

    @admin.display(description="spectrogram")
    def picture(self, sound: Sound) -> str:
        return format_html(
            '<img src="{}" alt="spectrogram" class="spectrogram">',
            reverse("sounds:spectrogram", args=[sound.uuid]),
        )

    @admin.display(description="chosen", boolean=True, ordering="chosen_count")
    def chosen(self, sound: Any) -> bool:
        return sound.chosen_count > 0

    @admin.display(description="length", ordering="duration_s")
    def length(self, sound: Sound) -> str:
        return f"{sound.duration_s:.2f} s"

    @admin.display(description="loudness", ordering="loudness_lufs")
    def loudness(self, sound: Sound) -> str:
        return f"{sound.loudness_lufs:.1f} LUFS"

    @admin.display(description="true peak", ordering="true_peak_dbtp")
    def peak(self, sound: Sound) -> str:
        return f"{sound.true_peak_dbtp:.1f} dBTP"

    @admin.display(description="quality", ordering="quality")
    def score(self, sound: Sound) -> str:
        return format_html('<span title="{}">{}</span>', " ".join(sound.quality_reasons), sound.quality)

    @admin.display(description="reasons")
    def reasons(self, sound: Sound) -> str:
        return format_html_join("", "<div>{}</div>", ([reason] for reason in sound.quality_reasons)) or "–"

    @admin.action(description="Choose for their slots", permissions=["change"])
    def choose(self, request: HttpRequest, queryset: QuerySet[Sound]) -> None:
        by = request.user if isinstance(request.user, User) else None
        chosen = sum(sound.slot.choose(sound, by=by) for sound in queryset if sound.slot)
        messages.info(request, f"{chosen} slots have a new choice.")

    def delete_model(self, request: HttpRequest, obj: Sound) -> None:
        obj.discard()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Sound]) -> None:
        kept = 0
        for sound in queryset:
            try:
                self.delete_model(request, sound)
            except ProtectedError:
                kept += 1
        if kept:
            messages.warning(request, f"{kept} sounds are part of a build and were kept.")
