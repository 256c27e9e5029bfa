"""The ASGI application that answers ``GET /api/queue/events``."""

from __future__ import annotations

import asyncio
from typing import Any

from rest_framework.response import Response

from ccbell_site.problems import send_problem
from jobs.stream.access import Admission, admit
from jobs.stream.client import Client, Receive, Send
from jobs.stream.database import in_thread
from jobs.stream.hub import Hub
from jobs.stream.message import Message, join, messages
from jobs.stream.sight import Sight

PATH = "/api/queue/events"
PAGE = 250
GREETING = b"retry: 2000\n\n: connected\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class EventStream:
    """Serves all clients in one event loop; what asks the database does so in one thread."""

    def __init__(self) -> None:
        self.hub = Hub()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        answer = await in_thread(admit, scope)
        if isinstance(answer, Response):
            return await send_problem(send, answer.data, answer.headers)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self._stream(answer, receive, send)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self.hub.close()

    async def _stream(self, admission: Admission, receive: Receive, send: Send) -> None:
        client = Client(send, admission.sight, admission.after)
        watch = asyncio.create_task(client.end_with_connection(receive))
        try:
            self.hub.enter(client, admission.newest)
            await client.write(GREETING)
            await self._catch_up(client)
            await client.write_what_is_pushed()
        finally:
            watch.cancel()
            self.hub.leave(client)
        await client.finish()

    async def _catch_up(self, client: Client) -> None:
        """Write what happened until now, page by page, then have it handed what is new."""
        while client.after < (until := self.hub.position) and not client.ended:
            page = await in_thread(_page, client.sight, client.after, until)
            if page:
                await client.write(join(page))
            client.after = page[-1].pk if len(page) == PAGE else until
        self.hub.join_live(client)


def _page(sight: Sight, after: int, until: int) -> list[Message]:
    return messages(sight.events().filter(pk__gt=after, pk__lte=until), PAGE)
