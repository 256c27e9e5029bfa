"""What happened to jobs, in order: the stream that pages and programs follow."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened to a job; rows are only ever added."""

    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="events")
    batch = models.ForeignKey("jobs.Batch", models.CASCADE, null=True, blank=True)
    # No constraint: a running job may report for somebody who was deleted a moment ago.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    type = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.type} of job {self.job_id}"
