"""Where a job stands, and whose comes first."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    """Where a job stands.

    queued → running → succeeded | failed | cancelled. A queued job may be cancelled at once; a running
    one goes back to queued when its worker is lost, or when the render host crashes for the first time.
    Ended jobs move only by `Job.retry`, back to queued.
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


class Tier(models.IntegerChoices):
    """Who comes first in a lane; first in, first out inside one tier."""

    ADMIN = 0
    PREMIUM = 1
    STANDARD = 2
    FREE = 3
