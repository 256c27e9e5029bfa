"""What comes before Django: bodies that are too large are refused before they fill a disk.

Django's ASGI handler keeps a whole body in a file before any view, or any login, is asked.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from ccbell_site.problems import CONTENT_TYPE
from jobs.stream.client import Receive, Send
from sounds.uploads import LARGEST_BYTES as LARGEST_UPLOAD

Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

UPLOAD = "/api/sounds/upload"
LARGEST_BODY = 2 * 1024**2
FORM_AROUND = 1024**2


class TooLarge(Exception):
    """More of a body came than is taken."""


class Gate:
    """An ASGI application in front of another."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        most = LARGEST_UPLOAD + FORM_AROUND if scope["path"] == UPLOAD else LARGEST_BODY
        if _announced(scope) > most:
            return await _refuse(send, most)
        came = 0

        async def counted() -> Mapping[str, Any]:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise TooLarge
            return message

        try:
            await self.application(scope, counted, send)
        except TooLarge:  # Django reads all of a body before it answers
            await _refuse(send, most)


def _announced(scope: dict[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send, most: int) -> None:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    detail = f"The body is too large; {most / 1e6:.0f} MB is the most here."
    problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    body = json.dumps(problem).encode()
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    # What is still to come is not read: the connection has to end with this answer.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
