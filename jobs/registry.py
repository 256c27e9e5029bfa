"""Which function does which kind of job; every app registers its own in its `handlers` module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jobs.errors import JobFailed

if TYPE_CHECKING:
    from jobs.models.job import Write
    from jobs.run import JobRun

Handler = Callable[["JobRun"], "Write | None"]
"""Does the slow work of a job; what it returns is run in the transaction that marks success."""

GroupHandler = Callable[["Sequence[JobRun]"], None]
"""Does several jobs of one group together, and ends each by itself: `JobRun.succeed`, `JobRun.end`."""

_handlers: dict[str, tuple[Callable[..., object], GroupHandler]] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of `kind`, named ``app.verb``."""

    def register(function: Handler) -> Handler:
        def one_by_one(runs: Sequence[JobRun]) -> None:
            for run in runs:
                try:
                    write = function(run)
                except Exception as error:
                    run.end(error)
                else:
                    run.succeed(write)

        _register(kind, function, one_by_one)
        return function

    return register


def group_handler(kind: str) -> Callable[[GroupHandler], GroupHandler]:
    """Register the decorated function for jobs of `kind`, as many as were claimed together."""

    def register(function: GroupHandler) -> GroupHandler:
        _register(kind, function, function)
        return function

    return register


def handler_for(kind: str) -> GroupHandler:
    try:
        return _handlers[kind][1]
    except KeyError:
        raise JobFailed(f"Nothing here knows how to do a job of kind “{kind}”.") from None


def _register(kind: str, function: Callable[..., object], does: GroupHandler) -> None:
    if _handlers.setdefault(kind, (function, does))[0] is not function:
        raise ValueError(f"Two handlers want jobs of kind {kind}.")
