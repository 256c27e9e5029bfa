"""Packs in the admin: filled, judged, built, downloaded."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from ccbell_site.admin_base import ReadOnlyInline, StudioAdmin, verb
from jobs.models import Tier
from packs.admin.builds import gate_of, link
from packs.generate import submit_build
from packs.models import Build, Pack
from packs.standing import Standing


class BuildInline(ReadOnlyInline):
    model = Build
    fields = ["version", "gate", "report", "download", "created_at"]
    readonly_fields = ["version", "gate", "report", "download", "created_at"]
    ordering = ["-id"]
    show_change_link = True

    @admin.display(description="registry gate")
    def gate(self, build: Build) -> str:
        return gate_of(build)

    @admin.display(description="report")
    def report(self, build: Build) -> str:
        return report_of(build)

    @admin.display(description="zip")
    def download(self, build: Build) -> str:
        return link(build)


@admin.register(Pack)
class PackAdmin(StudioAdmin):
    list_display = ["slug", "collection", "author", "newest", "report", "download", "created_at"]
    list_select_related = ["collection"]
    list_filter = ["collection__theme", "created_at"]
    search_fields = ["slug", "description", "author"]
    change_form_outer_before_template = "admin/packs/pack/standing.html"
    actions = ["build"]
    verbs = ("build_one",)
    inlines = [BuildInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pack]:
        builds = Build.objects.select_related("pack").defer("manifest")
        return super().get_queryset(request).prefetch_related(Prefetch("builds", builds))

    def page_context(self, request: HttpRequest, row: Pack) -> dict[str, Any]:
        return super().page_context(request, row) | {"standing": Standing.of(row)}

    @admin.display(description="latest build")
    def newest(self, pack: Pack) -> str:
        build = pack.latest_build()
        return format_html("{} {}", build.version, gate_of(build)) if build else "–"

    @admin.display(description="report")
    def report(self, pack: Pack) -> str:
        return report_of(pack.latest_build())

    @admin.display(description="zip")
    def download(self, pack: Pack) -> str:
        return link(pack.latest_build())

    @verb("build", icon="deployed_code")
    def build_one(self, request: HttpRequest, pack: Pack) -> HttpResponse | str:
        """Build what is chosen as the next version, and go where one sees it happen."""
        job = submit_build(pack, owner=person(request), tier=Tier.ADMIN).jobs.get()
        if not request.user.has_perm("jobs.view_job"):
            return f"The build of {pack} is queued; it appears under Builds when it is done."
        messages.info(request, f"The build of {pack} is queued; this page shows when it is done.")
        return HttpResponseRedirect(reverse("admin:jobs_job_change", args=[job.pk]))

    @admin.action(description="Build what is chosen as the next version", permissions=["change"])
    def build(self, request: HttpRequest, queryset: QuerySet[Pack]) -> None:
        for pack in queryset:
            submit_build(pack, owner=person(request), tier=Tier.ADMIN)
        messages.info(request, f"{len(queryset)} builds are queued; they appear under Builds when done.")


def report_of(build: Build | None) -> str:
    """What validation said of a build, in short, leading to all of it."""
    if build is None:
        return "–"
    number = len(build.report.get("findings", []))
    said = f"{number} findings" if number else "nothing to complain about"
    badge = ", badge" if build.report["badge"] else ""
    return format_html(
        '<a href="{}">{}{}</a>', reverse("admin:packs_build_change", args=[build.pk]), said, badge
    )


def person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
