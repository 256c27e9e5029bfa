"""The clean-up of every day: a schedule of django-q2, which queues a job that everybody can see."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_q.models import Schedule

from jobs.models import Job
from studio.handlers import CLEAN_UP, clean_up_job

SUBMIT = f"{__name__}.submit"
NAME = "Clean-up"
HOUR = 4
"""On the studio's clock: few people listen to anything then."""


def ensure() -> None:
    """Have the schedule; one that is there stays as an administrator made it."""
    if not Schedule.objects.filter(func=SUBMIT).exists():
        now = timezone.localtime()
        first = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
        Schedule.objects.create(
            name=NAME,
            func=SUBMIT,
            schedule_type=Schedule.DAILY,
            next_run=first if first > now else first + timedelta(days=1),
        )


def leave_a_day() -> None:
    """Have one that was missed begin in a day at the earliest, at its hour, and not with the first worker.

    All takes are old then that come out of an older backup, and somebody wants to look at them first.
    """
    now, day = timezone.now(), timedelta(days=1)
    soonest = now + day
    for schedule in Schedule.objects.filter(func=SUBMIT, next_run__lt=now):
        schedule.next_run += -((schedule.next_run - soonest) // day) * day
        schedule.save(update_fields=["next_run"])


def submit() -> None:
    """Queue a clean-up, unless one waits or runs already."""
    if not Job.objects.unfinished().filter(kind=CLEAN_UP).exists():
        Job.objects.submit([clean_up_job()], label=NAME)
