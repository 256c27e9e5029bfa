"""What a job made, shown on its page by those who know such things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html_join

from jobs.models import Job

Shows = Callable[[Any], str]
_shown_by: dict[str, Shows] = {}


def shows_made(key: str) -> Callable[[Shows], Shows]:
    """Register what makes HTML of the value that results hold under `key`."""

    def register(function: Shows) -> Shows:
        _shown_by[key] = function
        return function

    return register


def made_by(job: Job) -> str:
    """Everything that came of a job, as HTML."""
    parts = ([_shown_by[key](value)] for key, value in job.result.items() if key in _shown_by)
    return format_html_join("", "<div>{}</div>", parts)
