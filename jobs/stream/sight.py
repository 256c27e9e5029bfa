"""Which events a client gets."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from jobs.models import Event
from jobs.stream.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one client may see and asked for; clients with the same sight get the same bytes."""

    everybodys: bool = False
    owner_id: int | None = None
    job_id: int | None = None
    batch_id: int | None = None

    def shows(self, message: Message) -> bool:
        return (
            (self.everybodys or message.owner_id == self.owner_id)
            and self.job_id in (None, message.job_id)
            and self.batch_id in (None, message.batch_id)
        )

    def events(self) -> QuerySet[Event]:
        """The same, asked of the database."""
        events = Event.objects.all()
        if not self.everybodys:
            events = events.filter(owner_id=self.owner_id)
        if self.job_id is not None:
            events = events.filter(job_id=self.job_id)
        if self.batch_id is not None:
            events = events.filter(batch_id=self.batch_id)
        return events
