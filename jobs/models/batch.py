"""Jobs that were submitted together."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    pass


class Batch(models.Model):
    """One submission: cancelled, followed and exported as a whole."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.label or str(self.uuid)

    def cancel(self) -> int:
        """Cancel whatever of it has not ended; the number of jobs that answered."""
        return sum(job.cancel() for job in self.jobs.unfinished().order_by("id"))
