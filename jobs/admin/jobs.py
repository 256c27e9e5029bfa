"""The queue in the admin: it follows what happens while somebody looks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from ccbell_site.admin_base import ReadOnlyAdmin, ReadOnlyInline, verb
from jobs.admin.made import made_by
from jobs.models import ENDED, Event, Job, Status


class EventInline(ReadOnlyInline):
    model = Event
    fields = ["at", "type", "message"]
    readonly_fields = ["at", "message"]
    ordering = ["-id"]
    per_page = 20
    hide_title = True

    @admin.display(description="at")
    def at(self, event: Event) -> str:
        return date_format(timezone.localtime(event.created_at), "j M Y, H:i:s")

    @admin.display(description="message")
    def message(self, event: Event) -> str:
        return message_of(event)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["id", "__str__", "state", "bar", "line", "owner", "created_at", "took"]
    list_display_links = ["id", "__str__"]
    list_filter = [
        ("status", ChoicesDropdownFilter), "lane", ("tier", ChoicesDropdownFilter), "kind", "created_at",
    ]  # fmt: skip
    list_select_related = ["owner"]
    list_before_template = "admin/jobs/job/standing.html"
    change_form_outer_before_template = "admin/jobs/job/now.html"
    search_fields = ["label", "uuid", "error"]
    search_help_text = "Words of the label or the error, or a uuid."
    actions = ["cancel", "retry"]
    verbs = ("cancel_one", "retry_one")
    inlines = [EventInline]
    fieldsets = [
        (None, {"fields": [("kind", "lane"), ("tier", "owner"), ("batch", "group"), "uuid"]}),
        (
            "Its way",
            {
                "fields": [
                    ("created_at", "claimed_by"), ("started_at", "attempt"), ("finished_at", "crashes"),
                    ("cancel_requested", "interruptions"),
                ]
            },
        ),
        ("What goes in and comes out", {"classes": ["collapse"], "fields": ["payload", "result"]}),
    ]  # fmt: skip

    class Media:
        js = ["sounds/jobs.js"]

    def get_urls(self) -> list[URLPattern]:
        counts = self.admin_site.admin_view(self.counts_view)
        return [path("counts/", counts, name="jobs_job_counts"), *super().get_urls()]

    def counts_view(self, request: HttpRequest) -> HttpResponse:
        """Status to number of jobs, for the list to follow."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse(counts())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        newest = newest_event()  # before the rows are read: what happens since is told by the stream
        number = counts()
        standing = [(status, status.label, number.get(status, 0)) for status in Status]
        more = {"standing": standing, "asked": request.GET.get("status__exact", ""), "newest": newest}
        return super().changelist_view(request, (extra_context or {}) | more)

    def page_context(self, request: HttpRequest, row: Job) -> dict[str, Any]:
        newest = newest_event()
        row.refresh_from_db()
        shown = {
            "job": row,
            "newest": newest,
            "state": self.state(row),
            "bar": self.bar(row),
            "made": made_by(row),
        }
        return super().page_context(request, row) | shown

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.ended)

    def deletable(self, request: HttpRequest, rows: QuerySet[Job]) -> QuerySet[Job]:
        if unfinished := rows.exclude(status__in=ENDED).count():
            messages.warning(request, f"{unfinished} jobs that have not ended are kept; cancel them first.")
        return rows.filter(status__in=ENDED)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        queryset.filter(status__in=ENDED).delete()  # others have somebody working on them, or will

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")

    @admin.display(description="status", ordering="status")
    def state(self, job: Job) -> str:
        return format_html(
            '<span class="state {0}" data-job="{1}" data-state="{0}">{2}</span>',
            job.status,
            job.uuid,
            "stopping" if job.cancel_requested and not job.ended else job.get_status_display().lower(),
        )

    @admin.display(description="progress")
    def bar(self, job: Job) -> str:
        return format_html(
            '<div class="bar {}" data-bar="{}"><progress value="{}" max="1"></progress>'
            '<span class="says" title="{}">{}</span></div>',
            job.status,
            job.uuid,
            job.progress,
            job.error or job.message,
            job.error or job.message,
        )

    @admin.display(description="lane and tier", ordering="lane")
    def line(self, job: Job) -> str:
        return f"{job.lane}, {job.get_tier_display().lower()}"

    @admin.display(description="took")
    def took(self, job: Job) -> str:
        if not (job.started_at and job.finished_at):
            return "–"
        return f"{(job.finished_at - job.started_at).total_seconds():.1f} s"

    def fits(self, one: Any, row: Job) -> bool:
        waits = row.status in (Status.QUEUED, Status.RUNNING)
        return waits if one.name == "cancel" else row.status in (Status.FAILED, Status.CANCELLED)

    @verb("cancel", icon="block", permission="operate")
    def cancel_one(self, request: HttpRequest, job: Job) -> str:
        if not job.cancel():
            return f"“{job}” had ended already."
        return f"“{job}” is cancelled." if job.ended else f"“{job}” stops at its next step."

    @verb("retry", icon="replay", permission="operate")
    def retry_one(self, request: HttpRequest, job: Job) -> str:
        if job.retry():
            return f"“{job}” is queued again."
        return f"“{job}” stays as it is; only failed and cancelled jobs can be retried."

    @admin.action(description="Cancel selected jobs", permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        number = sum(job.cancel() for job in queryset.unfinished().order_by("id"))  # type: ignore[attr-defined]
        messages.info(request, f"{number} jobs cancelled; jobs that had ended stay as they are.")

    @admin.action(description="Retry selected jobs", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        number = sum(job.retry() for job in queryset.ended_badly().order_by("id"))  # type: ignore[attr-defined]
        messages.info(request, f"{number} jobs queued again; only failed and cancelled ones can be.")


def counts() -> dict[str, int]:
    """Status to number of jobs."""
    return dict(Job.objects.order_by().values_list("status").annotate(number=Count("id")))


def newest_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def message_of(event: Event) -> str:
    return event.data.get("error") or event.data.get("message") or "–"
