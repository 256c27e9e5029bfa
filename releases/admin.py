"""Releases in the admin: published, looked after, withdrawn."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from ccbell_site.admin_base import ReadOnlyAdmin, Verb, back, verb
from jobs.admin.made import shows_made
from packs.models import Build
from releases.errors import PublishError
from releases.github import missing_settings, repository
from releases.models import Release
from releases.tags import tag_of

COLOURS = {"publishing": "running", "published": "succeeded", "withdrawn": "cancelled", "gone": "failed"}
LIST = "admin:releases_release_changelist"


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["tag", "stands", "where", "downloads", "tree", "published_at", "by"]
    list_filter = [("state", ChoicesDropdownFilter), "repo", "published_at"]
    list_before_template = "admin/releases/release/refresh.html"
    search_fields = ["tag", "repo", "build__pack__slug"]
    verbs = ("publish_again", "withdraw")
    fields = [
        "build", "where", "stands", "tree", "commit", "lines", "files", "entry", "job", "by",
        "published_at", "withdrawn_at", "refreshed_at",
    ]  # fmt: skip
    readonly_fields = ["where", "stands", "lines", "files", "entry"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return super().get_queryset(request).select_related("build__pack", "job", "by")

    # Publishing begins at a build's page, so there is no empty form to add one with.
    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("releases.add_release")

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("releases.change_release")

    def fits(self, one: Verb, row: Release) -> bool:
        if row.is_busy:
            return False
        return (row.state == Release.State.PUBLISHED) == (one.permission == "withdraw")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("publish/<int:build>/", view(self.publish_view), name="releases_release_of_build"),
            path("refresh/", view(require_POST(self.refresh_view)), name="releases_release_refresh"),
            *super().get_urls(),
        ]

    # What its buttons do --------------------------------------------------------------------------------

    def publish_view(self, request: HttpRequest, build: int) -> HttpResponse:
        """Say what would be published, and do it when that is confirmed."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        wanted = get_object_or_404(Build.objects.select_related("pack__collection"), pk=build)
        if request.method == "POST":
            return self._publish(request, wanted, tree=bool(request.POST.get("tree")))
        return self._page(
            request,
            "publish",
            title=f"Publish {wanted}",
            build=wanted,
            tag=tag_of(wanted.pack.slug, wanted.version),
            repository=repository(),
            missing=missing_settings(),
        )

    @verb("publish", icon="publish", permission="publish")
    def publish_again(self, request: HttpRequest, release: Release) -> HttpResponse:
        """Take up what failed, or publish anew what was withdrawn."""
        return self._publish(request, release.build, tree=release.tree)

    def _publish(self, request: HttpRequest, build: Build, *, tree: bool) -> HttpResponse:
        try:
            release = Release.objects.publish(build, by=request.user, tree=tree)
        except PublishError as why_not:
            messages.error(request, str(why_not))
            return back(request, reverse(LIST))
        return self._follow(request, release, f"{release.tag} is on its way; this page shows how far it is.")

    @verb("withdraw", icon="unpublished", permission="withdraw")
    def withdraw(self, request: HttpRequest, release: Release) -> HttpResponse:
        """Withdraw it once its tag was typed; ask for that first."""
        typed = request.POST.get("tag")
        if typed is None or typed.strip() != release.tag:
            if typed is not None:
                messages.error(request, f"Type {release.tag} to withdraw this release.")
            return self._page(request, "withdraw", title=f"Withdraw {release.tag}", release=release)
        try:
            release.withdraw(by=request.user)
        except PublishError as why_not:
            messages.error(request, str(why_not))
            return HttpResponseRedirect(reverse(LIST))
        return self._follow(request, release, f"{release.tag} is being withdrawn.")

    def refresh_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            Release.objects.refresh(by=request.user)
            messages.info(request, "GitHub is being asked; reload this list in a moment.")
        except PublishError as why_not:
            messages.error(request, str(why_not))
        return HttpResponseRedirect(reverse(LIST))

    def _follow(self, request: HttpRequest, release: Release, said: str) -> HttpResponse:
        """Go where one sees it happen."""
        messages.info(request, said)
        if release.job and request.user.has_perm("jobs.view_job"):
            return HttpResponseRedirect(reverse("admin:jobs_job_change", args=[release.job.pk]))
        return HttpResponseRedirect(reverse(LIST))

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/releases/release/{name}.html", shown)

    # Columns --------------------------------------------------------------------------------------------

    @admin.display(description="state", ordering="state")
    def stands(self, release: Release) -> str:
        return standing_of(release)

    @admin.display(description="repository", ordering="repo")
    def where(self, release: Release) -> str:
        if not release.url or release.state != Release.State.PUBLISHED:
            return release.repo
        return format_html('<a href="{}" rel="noreferrer">{}</a>', release.url, release.repo)

    @admin.display(description="to install it")
    def lines(self, release: Release) -> str:
        return format_html_join("", "<div>{}: <code>{}</code></div>", release.install_lines) or "–"

    @admin.display(description="files")
    def files(self, release: Release) -> str:
        rows = ((name, file.get("bytes", 0), file.get("sha256", "")) for name, file in release.assets.items())
        return format_html_join("", "<div>{} · {} bytes · <code>{}</code></div>", rows) or "–"

    @admin.display(description="registry entry")
    def entry(self, release: Release) -> str:
        text = release.registry_entry_text
        return format_html("<pre>{}</pre>", text) if text else "–"


def standing_of(release: Release) -> str:
    """Its state, coloured, and why its last job failed."""
    if release.is_busy and release.job:
        return format_html('<span class="state running">{}</span>', release.job.message or "waiting")
    word = "not published" if release.state == Release.State.PUBLISHING else release.get_state_display()
    colour = "failed" if release.error else COLOURS[release.state]
    said = format_html('<span class="state {}">{}</span>', colour, word)
    return format_html('{}<div class="id">{}</div>', said, release.error) if release.error else said


@shows_made("release")
def made_release(pk: int) -> str:
    release = Release.objects.select_related("job").filter(pk=pk).first()
    if release is None:
        return "The row of its release was deleted since."
    page = reverse("admin:releases_release_change", args=[release.pk])
    link = format_html('<a href="{}" rel="noreferrer">on GitHub</a>', release.url) if release.url else ""
    return format_html('<a href="{}">{}</a> {} {}', page, release, standing_of(release), link)
