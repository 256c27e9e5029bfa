"""What comes before Django: bodies that are too large are refused, and a crowd is let in a few at a time.

Django's ASGI handler keeps a whole body in a file before any view, or any login, is asked, and gives each
request a thread of its own: three hundred at once would hold up everybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from ccbell_site.problems import problem, send_problem
from jobs import waiting
from jobs.stream.client import Receive, Send
from packs.importing.bring import LARGEST_FORM_BYTES as LARGEST_PACK
from sounds.uploads import LARGEST_FORM_BYTES as LARGEST_UPLOAD

Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

UPLOAD = "/api/sounds/upload"
LARGER = {UPLOAD: LARGEST_UPLOAD, "/api/packs/import": LARGEST_PACK, "/imports/": LARGEST_PACK}
"""Address to the bytes that a body sent there may have."""
LARGEST_BODY = 2 * 1024**2
READING = ("GET", "HEAD", "OPTIONS")
READERS, WRITERS = 8, 1
"""SQLite lets one writer in at a time anyhow; more of them here would only slow down who reads.

A view that is long at something else steps aside: see `jobs.waiting.Visitor`.
"""


class TooLarge(Exception):
    """More of a body came than is taken."""


class Gate:
    """An ASGI application in front of another."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.readers = asyncio.Semaphore(READERS)
        self.writers = asyncio.Semaphore(WRITERS)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        most = LARGER.get(scope["path"], LARGEST_BODY)
        if _announced(scope) > most:
            return await _refuse(send, most)
        visit = Visit(self.readers if scope["method"] in READING else self.writers, most, receive, send)
        before = waiting.visitor.set(visit)
        try:
            await self.application(scope, visit.receive, visit.send)
        except TooLarge:  # Django reads all of a body before it answers
            await _refuse(send, most)
        finally:
            visit.leave()
            waiting.visitor.reset(before)


class Visit(waiting.Visitor):
    """One request: inside from the end of its body until its answer begins, or until it has to wait."""

    def __init__(self, room: asyncio.Semaphore, most: int, receive: Receive, send: Send) -> None:
        self._room = room
        self._most = most
        self._receive = receive
        self._send = send
        self._came = 0
        self._has_entered = self._is_inside = False
        self._loop = asyncio.get_running_loop()
        self._is_gone = False
        self._when_gone: list[Callable[[], object]] = []

    async def receive(self) -> Mapping[str, Any]:
        message = await self._receive()
        if message["type"] == "http.request":
            self._came += len(message.get("body", b""))
            if self._came > self._most:
                raise TooLarge
            if not message.get("more_body", False) and not self._has_entered:
                self._has_entered = True
                await self._room.acquire()
                self._is_inside = True
        elif message["type"] == "http.disconnect":
            self._is_gone = True
            for verb in self._when_gone:
                verb()
        return message

    async def send(self, message: Mapping[str, Any]) -> None:
        self.leave()  # its view is done; how fast the client reads is nobody else's concern
        await self._send(message)

    def leave(self) -> None:
        if self._is_inside:
            self._is_inside = False
            self._room.release()

    def step_aside(self) -> None:
        self._loop.call_soon_threadsafe(self.leave)

    def when_gone(self, verb: Callable[[], object]) -> None:
        self._when_gone.append(verb)
        if self._is_gone:
            verb()


def _announced(scope: dict[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send, most: int) -> None:
    detail = f"The body is too large; {most / 1e6:.0f} MB is the most here."
    # What is still to come is not read: the connection has to end with this answer.
    headers = {"Connection": "close"}
    await send_problem(send, problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value, detail), headers)
