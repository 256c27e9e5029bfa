"""Packs and builds in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.models import User
from jobs.models import Tier
from jobs.read_only import ReadOnlyAdmin, ReadOnlyInline
from packs.generate import submit_build
from packs.models import Build, BuildItem, Pack
from sounds.admin.players import PlayerMedia, player


@admin.register(Pack)
class PackAdmin(admin.ModelAdmin):
    list_display = ["slug", "collection", "author", "newest", "download", "created_at"]
    list_select_related = ["collection"]
    list_filter = ["collection__theme", "created_at"]
    search_fields = ["slug", "description", "author"]
    actions = ["build"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pack]:
        return super().get_queryset(request).prefetch_related("builds")

    @admin.display(description="latest build")
    def newest(self, pack: Pack) -> str:
        build = pack.latest_build()
        return f"{build.version} ({build.report['gate']})" if build else "–"

    @admin.display(description="zip")
    def download(self, pack: Pack) -> str:
        return link(pack.latest_build())

    @admin.action(description="Build what is chosen as the next version", permissions=["change"])
    def build(self, request: HttpRequest, queryset: QuerySet[Pack]) -> None:
        by = request.user if isinstance(request.user, User) else None
        for pack in queryset:
            submit_build(pack, owner=by, tier=Tier.ADMIN)
        messages.info(request, f"{len(queryset)} builds are queued; they appear under Builds when done.")


class BuildItemInline(ReadOnlyInline):
    model = BuildItem
    fields = ["hook", "sound", "listen"]
    readonly_fields = ["listen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BuildItem]:
        return super().get_queryset(request).select_related("sound")

    @admin.display(description="sound")
    def listen(self, item: BuildItem) -> str:
        return player(item.sound)


@admin.register(Build)
class BuildAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "gate", "badge", "size", "number_of_sounds", "download", "created_at"]
    list_filter = ["pack", "created_at"]
    list_select_related = ["pack"]
    search_fields = ["pack__slug", "version", "content_sha256", "zip_sha256"]
    inlines = [BuildItemInline]
    fields = [
        "pack", "version", "gate", "badge", "verdict", "download", "size", "formats", "content_sha256",
        "zip_sha256", "job", "created_at",
    ]  # fmt: skip

    class Media(PlayerMedia):
        pass

    def get_queryset(self, request: HttpRequest) -> QuerySet[Build]:
        return super().get_queryset(request).prefetch_related("items")

    def delete_model(self, request: HttpRequest, obj: Build) -> None:
        obj.discard()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Build]) -> None:
        for build in queryset:
            build.discard()

    @admin.display(description="registry gate")
    def gate(self, build: Build) -> str:
        return build.report["gate"]

    @admin.display(description="our badge", boolean=True)
    def badge(self, build: Build) -> bool:
        return build.report["badge"]

    @admin.display(description="size", ordering="zip_bytes")
    def size(self, build: Build) -> str:
        return f"{build.zip_bytes / 1e6:.1f} MB"

    @admin.display(description="sounds")
    def number_of_sounds(self, build: Any) -> int:
        return len(build.items.all())

    @admin.display(description="zip")
    def download(self, build: Build) -> str:
        return link(build)

    @admin.display(description="verdict")
    def verdict(self, build: Build) -> str:
        findings = build.report["findings"]
        lines = ([f["level"], f["where"], f["sentence"]] for f in findings)
        return format_html_join("", "<div><b>{}</b> {} {}</div>", lines) or "Nothing to complain about."


def link(build: Build | None) -> str:
    """The address of a build's zip, as something to click on."""
    if build is None:
        return "–"
    address = reverse("packs:download", args=[build.pack.slug, build.version])
    return format_html('<a href="{}" download>{}</a>', address, build.file_name)
