"""Django behind the web server, made to change threads as rarely as can be.

Django's own handler runs each middleware's two halves in a thread, one after the other, and makes that
thread, and its database connection, anew for every request: several milliseconds, and more in a crowd. All
our middleware and views are synchronous, so the whole chain runs in one go, in a thread that stays.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jobs.stream.client import Receive, Send

Result = TypeVar("Result")

MOST_IDLE = 8
"""Threads that are kept for the next requests, each with a connection."""


class Handler(ASGIHandler):
    """Django's, with a synchronous chain of middleware in a thread of ours."""

    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        seat = Seat(self._idle)
        try:
            async with ThreadSensitiveContext(executor=seat):
                await super().__call__(scope, receive, send)
        finally:
            seat.leave()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)


class Seat(Executor):
    """One request's thread, taken when there is something to do: a body may be long in coming."""

    def __init__(self, idle: list[ThreadPoolExecutor]) -> None:
        self._idle = idle
        self._thread: ThreadPoolExecutor | None = None
        self._latest: Future[Any] | None = None

    def submit(self, function: Callable[..., Result], /, *args: Any, **options: Any) -> Future[Result]:
        if self._thread is None:
            self._thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        self._latest = future = self._thread.submit(function, *args, **options)
        return future

    def leave(self) -> None:
        """Leave the thread to the next request, once it has done what was asked for.

        A client that goes away ends the request, but not what its thread is at.
        """
        if self._thread and self._latest:
            self._latest.add_done_callback(partial(self._give_back, self._thread))

    def _give_back(self, thread: ThreadPoolExecutor, _: Future[Any]) -> None:
        if len(self._idle) < MOST_IDLE:
            self._idle.append(thread)
        else:
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)
