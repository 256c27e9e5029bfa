"""All clients of the stream, and what is handed out to them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import CancelledError

from jobs.stream.client import Client
from jobs.stream.message import Message, join
from jobs.stream.reader import Reader
from jobs.stream.sight import Sight

REST_PER_CLIENT_S = 0.001
"""Events that happen meanwhile are handed out together, which costs each client as much as one."""
TOGETHER = 20
SPREAD_PER_CLIENT_S = 0.0002
"""All at once would make other requests wait for hundreds of writes."""


class Hub:
    """Lives in the event loop; the reader exists as long as there is a client.

    Up to `position` events were handed out. Older ones a client reads by itself, and joins those that are
    handed them when it has come to that point: with nothing awaited in between, none is missed or doubled.
    """

    def __init__(self) -> None:
        self.position = 0
        self.closed = False
        self._clients: set[Client] = set()
        self._live: defaultdict[Sight, set[Client]] = defaultdict(set)
        self._reader: Reader | None = None

    def enter(self, client: Client, newest: int) -> None:
        """Take in a client, which has yet to catch up; `newest` is the last event that it was told of."""
        if self.closed:
            client.end()
            return
        self._clients.add(client)
        if self._reader is None:
            self._reader = self._start(newest)

    def join_live(self, client: Client) -> None:
        """From now on it is handed what is new."""
        if not client.ended:
            self._live[client.sight].add(client)

    def leave(self, client: Client) -> None:
        client.end()
        self._clients.discard(client)
        if alike := self._live.get(client.sight):
            alike.discard(client)
        if not alike:
            self._live.pop(client.sight, None)
        if self._reader and not self._clients:
            self._reader.end()
            self._reader = None

    def close(self) -> None:
        """End all streams, and those that come: the server is about to stop."""
        self.closed = True
        for client in self._clients:
            client.end()

    def _start(self, newest: int) -> Reader:
        loop = asyncio.get_running_loop()

        def deliver(reader: Reader, new: list[Message]) -> None:
            handing_out = self._hand_out(reader, new)
            try:
                asyncio.run_coroutine_threadsafe(handing_out, loop).result()
            except (RuntimeError, CancelledError):  # the loop has ended: nobody is there any more
                handing_out.close()
                reader.end()

        reader = Reader(newest, deliver, lambda: REST_PER_CLIENT_S * len(self._clients))
        self.position = reader.position
        reader.start()
        return reader

    async def _hand_out(self, reader: Reader, new: list[Message]) -> None:
        if reader is not self._reader:
            return  # the clients it read for are gone
        self.position = new[-1].pk
        given = list(self._given(new))
        for number, (client, body) in enumerate(given, start=1):
            client.push(body)
            if number % TOGETHER == 0:
                await asyncio.sleep(TOGETHER * SPREAD_PER_CLIENT_S)

    def _given(self, new: list[Message]) -> Iterator[tuple[Client, bytes]]:
        """Who gets what of it; those with the same sight the same bytes."""
        for sight, clients in self._live.items():
            seen = [message for message in new if sight.shows(message)]
            if not seen:
                continue
            everything = join(seen)
            for client in clients:
                if client.after < seen[0].pk:
                    yield client, everything
                elif rest := join(message for message in seen if message.pk > client.after):
                    yield client, rest
