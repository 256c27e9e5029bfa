"""Jobs that were submitted together."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from jobs.models.status import Tier


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: Any) -> BatchQuerySet:
        """Everything for staff, their own for others."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(owner=user)

    def open_to(self, user: Any) -> BatchQuerySet:
        """Those that may be asked for by uuid; see `JobQuerySet.open_to`."""
        if user.is_authenticated:
            return self.visible_to(user)
        return self.filter(owner=None, jobs__tier=Tier.FREE).distinct()


class Batch(models.Model):
    """One submission: cancelled, followed and exported as a whole."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.label or str(self.uuid)

    def cancel(self) -> int:
        """Cancel whatever of it has not ended; the number of jobs that answered."""
        return sum(job.cancel() for job in self.jobs.unfinished().order_by("id"))

    def retry(self) -> int:
        """Queue whatever of it failed or was cancelled once more; the number of those jobs."""
        return sum(job.retry() for job in self.jobs.ended_badly().order_by("id"))
