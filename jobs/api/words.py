"""The API's words for what the Job table keeps."""

from __future__ import annotations

from jobs.models import Status

API_STATUS: dict[str, str] = {
    Status.QUEUED: "queued",
    Status.RUNNING: "processing",
    Status.SUCCEEDED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


def percent(progress: float) -> float:
    """A job's progress, 0 to 1, as the API tells it: 0 to 100."""
    return round(100 * progress, 1)
