"""What goes through django-q2: nothing but “there is work”."""

from __future__ import annotations

from django_q.tasks import async_task

from jobs import reaper, run, stopping


def wake() -> str:
    """Tell a worker that there is work; one too many does no harm."""
    return async_task("jobs.tasks.work", task_name="there is work")


def work() -> None:
    """Do what there is, half a minute at most, so that no worker belongs to one submitter for long."""
    reaper.reap()
    if run.drain(seconds=30, stopping=stopping.is_wanted):
        wake()
