"""Deleting rows that tell of what is long over: jobs, their events, what django-q2 and sign-ins leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django_q.models import Task

from jobs.models import ENDED, Batch, Event, Job
from releases.models import Release
from studio.cleanup.report import Report, Tell

TOGETHER = 1000
"""Rows that are deleted in one transaction."""


def delete_events(report: Report, tell: Tell) -> None:
    """Delete events past their age; those of jobs that have not ended stay with these."""
    if not settings.EVENT_RETENTION_DAYS:
        return
    # Ids rise with time: the last one that is old enough bounds what each turn has to look at.
    old = Event.objects.filter(created_at__lt=_ago(settings.EVENT_RETENTION_DAYS))
    last = old.aggregate(last=Max("pk"))["last"] or 0
    events = Event.objects.filter(pk__lte=last, job__status__in=ENDED)
    report.add("one event", "{} events", _delete(report, tell, events))


def delete_jobs(report: Report, tell: Tell) -> None:
    """Delete jobs that ended long ago, but for those that a release still tells about, and empty batches."""
    if not settings.JOB_RETENTION_DAYS:
        return
    before = _ago(settings.JOB_RETENTION_DAYS)
    told = Release.objects.filter(job=OuterRef("pk"))
    jobs = Job.objects.filter(~Exists(told), status__in=ENDED, finished_at__lt=before)
    report.add("one job that had ended", "{} jobs that had ended", _delete(report, tell, jobs, _with_events))
    empty = Batch.objects.filter(~Exists(Job.objects.filter(batch=OuterRef("pk"))), created_at__lt=before)
    report.add("one batch without jobs", "{} batches without jobs", _delete(report, tell, empty))


def delete_tasks(report: Report, tell: Tell) -> None:
    """Delete what django-q2 noted of wake-ups that failed long ago."""
    if settings.JOB_RETENTION_DAYS:
        tasks = Task.objects.filter(stopped__lt=_ago(settings.JOB_RETENTION_DAYS))
        report.add("one failed wake-up", "{} failed wake-ups", _delete(report, tell, tasks))


def delete_sessions(report: Report, tell: Tell) -> None:
    """Delete sign-ins that have run out."""
    sessions = Session.objects.filter(expire_date__lt=timezone.now())
    report.add("one sign-in that ran out", "{} sign-ins that ran out", _delete(report, tell, sessions))


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _delete_plainly(rows: QuerySet[Any]) -> object:
    return rows.delete()


def _with_events(jobs: QuerySet[Job]) -> None:
    Event.objects.filter(job__in=jobs.values("pk")).delete()
    jobs.delete()


def _delete(
    report: Report,
    tell: Tell,
    rows: QuerySet[Any],
    verb: Callable[[QuerySet[Any]], object] = _delete_plainly,
) -> int:
    """Delete rows, or only count them, some at a time; how many there were."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    what = rows.model._meta.verbose_name_plural
    for begin in range(0, 0 if report.dry_run else len(pks), TOGETHER):
        tell(begin / len(pks), f"{begin:,} of {len(pks):,} {what}")
        verb(rows.filter(pk__in=pks[begin : begin + TOGETHER]))
    return len(pks)
