"""Which function does which kind of job; every app registers its own in its `handlers` module."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jobs.errors import JobFailed

if TYPE_CHECKING:
    from jobs.models.job import Write
    from jobs.run import JobRun

Handler = Callable[["JobRun"], "Write | None"]
"""Does the slow work of a job; what it returns is run in the transaction that marks success."""

_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of `kind`, named ``app.verb``."""

    def register(function: Handler) -> Handler:
        if _handlers.setdefault(kind, function) is not function:
            raise ValueError(f"Two handlers want jobs of kind {kind}.")
        return function

    return register


def handler_for(kind: str) -> Handler:
    try:
        return _handlers[kind]
    except KeyError:
        raise JobFailed(f"Nothing here knows how to do a job of kind “{kind}”.") from None
