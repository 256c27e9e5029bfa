"""Wake-ups can be lost with the process that held them: this looks for work that nobody does."""

from __future__ import annotations

import time

from django_q.models import OrmQ

from jobs import reaper, tasks
from jobs.models import Job, Status

LOOK_EVERY_S = 2.0
REPEAT_AFTER_S = 60.0


class Reminder:
    """Looks every two seconds, in the broker's idle time; at most one reminder waits to be answered."""

    def __init__(self) -> None:
        self._next_look = 0.0
        self._oldest: int | None = None
        self._sent_at = -REPEAT_AFTER_S

    def look(self) -> bool:
        """Reap, then send a wake-up when the same job has headed the queue since the last look."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        reaper.reap()
        oldest = (
            Job.objects.filter(status=Status.QUEUED)
            .order_by("tier", "id")
            .values_list("id", flat=True)
            .first()
        )
        waiting = oldest is not None and oldest == self._oldest
        self._oldest = oldest
        if not (waiting and self._may_send(now)):
            return False
        tasks.wake()
        self._sent_at = now
        return True

    def _may_send(self, now: float) -> bool:
        answered = not OrmQ.objects.exists()
        return answered or now - self._sent_at >= REPEAT_AFTER_S
