"""Sounds in the admin: to hear, compare, choose."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import (
    DropdownFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
)

from accounts.models import User
from ccbell_site.admin_base import ReadOnlyAdmin, ReadOnlyInline
from sounds.admin.bulk import WORDS, ranking, tag
from sounds.admin.compare import PAGE, Comparison
from sounds.admin.players import CLEANED, player
from sounds.errors import CleanedUpError
from sounds.models import AudioFile, Favourite, Slot, Sound
from sounds.search import matching

CHOSEN = format_html('<span class="state succeeded">{}</span>', "chosen")
KEPT_NAMED = 8
"""So many sounds that a build keeps are told by name."""


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
        return file.is_there


class LikedFilter(admin.SimpleListFilter):
    """By who likes them."""

    title = "favourites"
    parameter_name = "liked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "Mine"), ("anybody", "Anybody's")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sound]) -> QuerySet[Sound] | None:
        if self.value() not in ("me", "anybody"):
            return None
        likings = Favourite.objects.filter(sound=OuterRef("pk"))
        if self.value() == "me":
            likings = likings.filter(user=request.user.pk)
        return queryset.filter(Exists(likings))


class RankFilter(DropdownFilter):
    """By the rank that somebody gave."""

    title = "rank"
    parameter_name = "rank"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(rank) if rank else "none", words) for rank, words in WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sound]) -> QuerySet[Sound] | None:
        asked = self.value() or ""
        if asked == "none":
            return queryset.filter(rank=None)
        return queryset.filter(rank=int(asked)) if asked.isdecimal() else None


class ColumnFilter(DropdownFilter):
    """By one of the words in a column, to choose from those there are."""

    parameter_name = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        column = self.parameter_name
        words = Sound.objects.order_by(column).values_list(column, flat=True).distinct()
        return [(word, word) for word in words if word]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sound]) -> QuerySet[Sound] | None:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else None


def by(column: str) -> type[ColumnFilter]:
    return type(f"{column}_filter", (ColumnFilter,), {"parameter_name": column, "title": column})


@admin.register(Sound)
class SoundAdmin(Comparison):
    list_display = [
        "title", "listen", "made_for", "length", "loudness", "peak", "score", "rank", "created_at",
    ]  # fmt: skip
    list_display_links = ["title"]
    list_filter = [
        LikedFilter, by("hook"), by("theme"), by("engine"), ("tags", RelatedDropdownFilter),
        RankFilter, ("quality", RangeNumericFilter), "created_at", ("cleaned_at", admin.EmptyFieldListFilter),
    ]  # fmt: skip
    list_filter_submit = True
    list_select_related = ["slot__collection"]
    search_fields = ["title"]  # shows the field; see `get_search_results`
    search_help_text = "Words, or beginnings of words, of title, prompt, hook, theme, engine and tags."
    autocomplete_fields = ["tags"]
    actions = ["compare", "choose", "tag", *ranking()]
    inlines = [AudioFileInline]
    fieldsets = [
        (None, {"fields": ["title", "rank", "tags", "listen", "picture", "others"]}),
        (
            "Measured",
            {"fields": ["length", "loudness", "intended_lufs", "gain_db", "peak", "score", "reasons"]},
        ),
        (
            "Where it belongs",
            {"fields": ["slot", "take_no", "builds", "parent", "job", "owner", "cleaned_at"]},
        ),
        ("Made from", {"fields": ["engine", "engine_version", "seed", "brief", "fingerprint", "uuid"]}),
        ("Licence", {"fields": ["licence", "attribution", "provenance"]}),
    ]
    readonly_fields = [
        "listen", "picture", "others", "slot", "take_no", "builds", "parent", "job", "owner", "length",
        "loudness", "intended_lufs", "gain_db", "peak", "score", "reasons", "engine", "engine_version",
        "seed", "brief", "fingerprint", "uuid", "licence", "attribution", "provenance", "cleaned_at",
    ]  # fmt: skip

    tag = tag

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sound]:
        chosen = Exists(Slot.objects.filter(chosen=OuterRef("pk")))
        return super().get_queryset(request).annotate(is_chosen=chosen)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Sound], search_term: str
    ) -> tuple[QuerySet[Sound], bool]:
        return matching(queryset, search_term) if search_term.strip() else queryset, False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.index()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    # What is shown ----------------------------------------------------------------------------------

    @admin.display(description="sound")
    def listen(self, sound: Sound) -> str:
        return player(sound)

    @admin.display(description="spectrogram")
    def picture(self, sound: Sound) -> str:
        if sound.cleaned_at:
            return CLEANED
        return format_html(
            '<img src="{}" alt="spectrogram" class="spectrogram">',
            reverse("sounds:spectrogram", args=[sound.uuid]),
        )

    @admin.display(description="other takes")
    def others(self, sound: Sound) -> str:
        if sound.slot is None:
            return "It was made for no slot."
        address = reverse(PAGE)
        return format_html('<a href="{}?slot={}">Compare all takes of its slot</a>', address, sound.slot_id)

    @admin.display(description="builds")
    def builds(self, sound: Any) -> str:
        return ", ".join(held_by([sound]).get(sound.pk, [])) or "In no build."

    @admin.display(description="take of", ordering="is_chosen")
    def made_for(self, sound: Any) -> str:
        """Where it belongs, and whether it is chosen; the list sorts by that."""
        if sound.slot is None:
            return CHOSEN if sound.is_chosen else "–"
        address = f"{reverse(PAGE)}?slot={sound.slot_id}"
        where = f"{sound.slot.collection}, take {sound.take_no}"
        return format_html('<a href="{}">{}</a> {}', address, where, CHOSEN if sound.is_chosen else "")

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

    # What is done -----------------------------------------------------------------------------------

    @admin.action(description="Choose for their slots", permissions=["choose"])
    def choose(self, request: HttpRequest, queryset: QuerySet[Sound]) -> None:
        by = request.user if isinstance(request.user, User) else None
        chosen, locked, cleaned = 0, 0, 0
        for sound in queryset:
            if sound.slot and sound.slot.is_locked:
                locked += 1
            elif sound.slot:
                try:
                    chosen += sound.slot.choose(sound, by=by)
                except CleanedUpError:
                    cleaned += 1
        messages.info(request, f"{chosen} slots have a new choice.")
        if cleaned:
            messages.warning(
                request, f"{cleaned} takes were cleaned up and cannot be chosen; make them again first."
            )
        if locked:
            messages.warning(
                request, f"{locked} slots are locked and keep what they have; unlock them first."
            )

    def deletable(self, request: HttpRequest, rows: QuerySet[Sound]) -> QuerySet[Sound]:
        kept = list(rows.filter(in_builds__isnull=False).distinct())
        if kept:
            messages.warning(request, why_kept(kept))
        return rows.filter(in_builds__isnull=True)

    def delete_model(self, request: HttpRequest, obj: Sound) -> None:
        obj.discard()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Sound]) -> None:
        kept = []
        for sound in queryset:
            try:
                self.delete_model(request, sound)
            except ProtectedError:  # built while the person was asked
                kept.append(sound)
        if kept:
            messages.warning(request, why_kept(kept))


def held_by(sounds: list[Sound]) -> dict[int, list[str]]:
    """Primary key of a sound to the builds that hold it."""
    held: dict[int, list[str]] = {}
    rows = Sound.objects.filter(pk__in=[sound.pk for sound in sounds], in_builds__isnull=False)
    names = rows.order_by("in_builds__build_id").values_list(
        "pk", "in_builds__build__pack__slug", "in_builds__build__version"
    )
    for pk, slug, version in names:
        held.setdefault(pk, []).append(f"{slug} {version}")
    return held


def why_kept(sounds: list[Sound]) -> str:
    """Which sounds stay, and because of which builds."""
    held = held_by(sounds)
    named = [f"“{sound}” ({', '.join(held.get(sound.pk, []))})" for sound in sounds[:KEPT_NAMED]]
    if len(sounds) > KEPT_NAMED:
        named.append(f"{len(sounds) - KEPT_NAMED} more")
    return f"Kept, because builds hold them: {', '.join(named)}. Delete those builds first."
