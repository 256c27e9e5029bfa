"""What goes through django-q2: nothing but “there is work”."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django_q.brokers import get_broker
from django_q.tasks import async_task

from jobs import lanes, reaper, run, stopping

STEP_BACK_S = 0.05
"""For so long a worker does not listen after it handed a wake-up on, so that another one gets it."""
MOST_STEP_BACK_S = 0.4
_step_back_s = STEP_BACK_S


def wake(broker: Any = None) -> str:
    """Tell a worker that there is work; one too many does no harm."""
    with transaction.atomic():  # outside of one django-q2 would close the connection and open it anew
        return async_task("jobs.tasks.work", task_name="there is work", broker=broker)


def is_waking() -> bool:
    """Whether a wake-up is on its way."""
    return get_broker().queue_size() > 0


def hand_on() -> bool:
    """Send a wake-up for jobs in lanes that only another process may work in; whether there are any."""
    from jobs.models import Job

    others = lanes.kept_by_others()
    if not others or not Job.objects.claimable().filter(lane__in=others).exists():
        return False
    if not is_waking():
        wake()
    return True


def work() -> None:
    """Do what there is, half a minute at most, so that no worker belongs to one submitter for long."""
    global _step_back_s
    reaper.reap()
    if run.drain(seconds=30, stopping=stopping.is_wanted):
        wake()
    elif not stopping.is_wanted() and hand_on():
        time.sleep(_step_back_s)
        _step_back_s = min(2 * _step_back_s, MOST_STEP_BACK_S)  # its keeper is busy elsewhere
    else:
        _step_back_s = STEP_BACK_S
