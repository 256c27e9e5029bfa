"""The database, asked from the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")


async def in_thread(function: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
    """Call it in the one thread, with the one connection, that all streams share for this."""

    def call() -> R:
        close_old_connections()
        try:
            return function(*args, **options)
        finally:
            close_old_connections()

    return await sync_to_async(call, thread_sensitive=True)()
