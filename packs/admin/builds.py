"""Builds in the admin: what was handed out, and the verdict on it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import RelatedDropdownFilter

from ccbell_site.admin_base import ReadOnlyAdmin, ReadOnlyInline
from jobs.admin.made import shows_made
from packs.models import Build, BuildItem
from packs.report import Level
from sounds.admin.players import player

GATES = {"gold": "succeeded", "silver": "running", "rejected": "failed"}
"""How each verdict of the registry's gate is coloured."""


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
    list_filter = [("pack", RelatedDropdownFilter), "created_at"]
    list_filter_submit = True
    list_select_related = ["pack"]
    search_fields = ["pack__slug", "version", "content_sha256", "zip_sha256"]
    change_form_outer_before_template = "admin/packs/build/report.html"
    inlines = [BuildItemInline]
    fields = [
        "pack", "version", "download", "size", "formats", "content_sha256", "zip_sha256", "job", "created_at",
    ]  # fmt: skip
    readonly_fields = ["download", "size"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Build]:
        rows = super().get_queryset(request).select_related("pack").defer("manifest")
        return rows.annotate(item_count=Count("items"))

    def page_context(self, request: HttpRequest, row: Build) -> dict[str, Any]:
        return super().page_context(request, row) | {"report": told(row)}

    def delete_model(self, request: HttpRequest, obj: Build) -> None:
        obj.discard()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Build]) -> None:
        for build in queryset:
            build.discard()

    @admin.display(description="registry gate")
    def gate(self, build: Build) -> str:
        return gate_of(build)

    @admin.display(description="our badge", boolean=True)
    def badge(self, build: Build) -> bool:
        return build.report["badge"]

    @admin.display(description="size", ordering="zip_bytes")
    def size(self, build: Build) -> str:
        return f"{build.zip_bytes / 1e6:.1f} MB"

    @admin.display(description="sounds", ordering="item_count")
    def number_of_sounds(self, build: Any) -> int:
        return build.item_count

    @admin.display(description="zip")
    def download(self, build: Build) -> str:
        return link(build)


def told(build: Build) -> dict[str, Any]:
    """The report that was made with a build, as its page shows it: what weighs most comes first."""
    report = build.report
    order = [str(level) for level in Level]
    findings = sorted(report.get("findings", []), key=lambda finding: order.index(finding["level"]))
    return {
        "build": build,
        "gate": gate_of(build),
        "badge": report["badge"],
        "valid": report.get("valid", True),
        "findings": findings,
        "coverage": [
            {"player": player_, "covered": covered, "all": all_}
            for player_, (covered, all_) in report.get("coverage", {}).items()
        ],
        "files": [{"path": path, **measured} for path, measured in report.get("files", {}).items()],
    }


def gate_of(build: Build) -> str:
    """The registry's verdict, coloured."""
    verdict = build.report["gate"]
    return format_html('<span class="state {}">{}</span>', GATES.get(verdict, ""), verdict)


def link(build: Build | None) -> str:
    """The address of a build's zip, as something to click on."""
    if build is None:
        return "–"
    address = reverse("packs:download", args=[build.pack.slug, build.version])
    return format_html('<a href="{}" download class="zip">{}</a>', address, build.file_name)


@shows_made("build")
def made_build(pk: int) -> str:
    build = Build.objects.select_related("pack").filter(pk=pk).first()
    if build is None:
        return "The build that it made was deleted since."
    page = reverse("admin:packs_build_change", args=[build.pk])
    return format_html('<a href="{}">{}</a> {} {}', page, build, gate_of(build), link(build))
