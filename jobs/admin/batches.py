"""Batches and events in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from ccbell_site.admin_base import ReadOnlyAdmin, verb
from jobs.admin.jobs import message_of
from jobs.models import Batch, Event, Job, Status

UNFINISHED = (Status.QUEUED, Status.RUNNING)
BADLY = (Status.FAILED, Status.CANCELLED)


def _number(*statuses: Status) -> Coalesce:
    """Jobs of a batch in these states, counted for the shown rows only: a join would count all batches."""
    jobs = Job.objects.filter(batch=OuterRef("pk"), status__in=statuses or Status.values)
    counted = jobs.order_by().values("batch").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "__str__", "standing", "jobs_of_it", "owner", "created_at"]
    list_display_links = ["id", "__str__"]
    list_select_related = ["owner"]
    list_filter = ["created_at"]
    search_fields = ["label", "uuid"]
    actions = ["cancel", "retry"]
    verbs = ("cancel_one", "retry_one")
    fields = ["label", "owner", "created_at", "uuid", "standing", "jobs_of_it"]
    readonly_fields = ["standing", "jobs_of_it"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        rows = super().get_queryset(request)
        return rows.annotate(total=_number(), unfinished=_number(*UNFINISHED), badly=_number(*BADLY))

    def has_delete_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.jobs.unfinished().exists())

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")

    def deletable(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if unfinished := rows.filter(unfinished__gt=0).count():
            messages.warning(request, f"{unfinished} batches that are at work are kept; cancel them first.")
        return rows.filter(unfinished=0)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        Batch.objects.filter(pk__in=queryset.exclude(jobs__status__in=UNFINISHED).values("pk")).delete()

    @admin.display(description="standing")
    def standing(self, batch: Any) -> str:
        ended = batch.total - batch.unfinished
        said = f"{ended} of {batch.total}" + (f", {batch.badly} failed or cancelled" if batch.badly else "")
        return format_html(
            '<div class="bar {}"><progress value="{}" max="{}"></progress><span>{}</span></div>',
            Status.FAILED if batch.badly else Status.RUNNING if batch.unfinished else Status.SUCCEEDED,
            ended,
            batch.total or 1,
            said,
        )

    @admin.display(description="jobs")
    def jobs_of_it(self, batch: Any) -> str:
        listing = reverse("admin:jobs_job_changelist")
        return format_html('<a href="{}?batch__id__exact={}">Its jobs</a>', listing, batch.pk)

    def fits(self, one: Any, row: Any) -> bool:
        return bool(row.unfinished if one.name == "cancel" else row.badly)

    @verb("cancel", icon="block", permission="operate")
    def cancel_one(self, request: HttpRequest, batch: Batch) -> str:
        return f"{batch.cancel()} jobs of “{batch}” cancelled."

    @verb("retry", icon="replay", permission="operate")
    def retry_one(self, request: HttpRequest, batch: Batch) -> str:
        return f"{batch.retry()} jobs of “{batch}” queued again."

    @admin.action(description="Cancel what has not ended of selected batches", permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        messages.info(request, f"{sum(batch.cancel() for batch in queryset)} jobs cancelled.")

    @admin.action(description="Retry what ended badly of selected batches", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        messages.info(request, f"{sum(batch.retry() for batch in queryset)} jobs queued again.")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["id", "job", "type", "message", "created_at"]
    list_filter = ["type", "created_at"]
    list_select_related = ["job"]
    search_fields = ["job__uuid", "job__label"]
    show_full_result_count = False

    @admin.display(description="message")
    def message(self, event: Event) -> str:
        return message_of(event)
