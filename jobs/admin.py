"""The queue in the admin."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from jobs.models import ENDED, Batch, Event, Job, Status
from jobs.read_only import ReadOnlyAdmin, ReadOnlyInline


class EventInline(ReadOnlyInline):
    model = Event
    fields = ["created_at", "type", "data"]
    readonly_fields = ["created_at"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["id", "__str__", "state", "bar", "lane", "tier", "owner", "created_at", "finished_at"]
    list_filter = ["status", "lane", "tier", "kind", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["label", "uuid", "error"]
    date_hierarchy = "created_at"
    actions = ["cancel", "retry"]
    inlines = [EventInline]

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.ended)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        queryset.filter(status__in=ENDED).delete()  # others have somebody working on them, or will

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")

    @admin.display(description="status", ordering="status")
    def state(self, job: Job) -> str:
        return format_html('<span title="{}">{}</span>', job.error, job.get_status_display())

    @admin.display(description="progress")
    def bar(self, job: Job) -> str:
        return format_html('<progress value="{}" max="1"></progress> {}', job.progress, job.message)

    @admin.action(description="Cancel selected jobs", permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        number = sum(job.cancel() for job in queryset)
        messages.info(request, f"{number} jobs cancelled; jobs that had ended stay as they are.")

    @admin.action(description="Retry selected jobs", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        number = sum(job.retry() for job in queryset)
        messages.info(request, f"{number} jobs queued again; only failed and cancelled ones can be.")


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "__str__", "owner", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["label", "uuid"]
    date_hierarchy = "created_at"

    def has_delete_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.jobs.unfinished().exists())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        queryset.exclude(jobs__status__in=[Status.QUEUED, Status.RUNNING]).delete()


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["id", "job", "type", "message", "created_at"]
    list_filter = ["type", "created_at"]
    list_select_related = ["job"]
    search_fields = ["job__uuid", "job__label"]
    show_full_result_count = False

    @admin.display(description="message")
    def message(self, event: Event) -> str:
        return event.data.get("error") or event.data.get("message") or "–"
