"""One client of the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jobs.stream.sight import Sight

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

HEARTBEAT_S = 15.0
HEARTBEAT = b": \n\n"
MOST_WAITING = 1_000_000
"""Bytes that may wait for a client that reads slowly; one with more has to come back."""
FINISH_WITHIN_S = 0.5


class Client:
    """Holds what waits for one client, and writes it as fast as the client reads.

    Its bytes are those of all others with the same sight: what waits costs no memory of its own.
    """

    def __init__(self, send: Send, sight: Sight, after: int) -> None:
        self.sight = sight
        self.after = after
        self._send = send
        self._waiting: list[bytes] = []
        self._size = 0
        self._awake = asyncio.Event()
        self._writing = False
        self.ended = False
        self._loop = asyncio.get_running_loop()
        self._written_at = self._loop.time()
        self._timer = self._loop.call_later(HEARTBEAT_S, self._beat)

    def push(self, body: bytes) -> None:
        """Have it written soon; never waits."""
        if self._size > MOST_WAITING:
            self.end()
            return
        self._waiting.append(body)
        self._size += len(body)
        self._awake.set()

    async def write(self, body: bytes) -> None:
        """Write at once; waits while the client has not taken what came before, but not beyond its end."""
        if self.ended:
            return
        self._writing = True
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._writing = False
        self._written_at = self._loop.time()

    async def write_what_is_pushed(self) -> None:
        """Write until the client's end."""
        while not self.ended:
            await self._awake.wait()
            self._awake.clear()
            if self._waiting:
                body = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
                self._waiting.clear()
                self._size = 0
                await self.write(body)

    async def end_with_connection(self, receive: Receive) -> None:
        """End it when it goes away."""
        while (await receive())["type"] != "http.disconnect":
            pass  # the body, which a GET may have and nobody needs
        self.end()

    def end(self) -> None:
        """Write no more; a connection that does not even take what was written is dropped."""
        self.ended = True
        self._waiting.clear()
        self._timer.cancel()
        self._awake.set()
        if self._writing:
            drop(self._send)

    async def finish(self) -> None:
        """Complete the answer; a client that does not take it would hold up the server's end."""
        end = self._send({"type": "http.response.body", "body": b"", "more_body": False})
        sending = asyncio.ensure_future(end)
        if not (await asyncio.wait([sending], timeout=FINISH_WITHIN_S))[0]:
            drop(self._send)
        await sending  # without a connection it returns

    def _beat(self) -> None:
        """A sign of life after silence: proxies give up on quiet connections, and so do clients."""
        if self.ended:
            return
        silence_s = self._loop.time() - self._written_at
        if silence_s >= HEARTBEAT_S:
            silence_s = 0
            if not self._writing:
                self.push(HEARTBEAT)
        self._timer = self._loop.call_later(HEARTBEAT_S - silence_s, self._beat)


def drop(send: Send) -> None:
    """Close a connection without waiting for the other side."""
    # ASGI has no word for it; the object behind uvicorn's `send` has.
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
