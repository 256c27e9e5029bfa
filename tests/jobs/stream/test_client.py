"""One client: when it is written to, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jobs.stream import client as client_module
from jobs.stream.client import Client
from jobs.stream.sight import Sight


class Connection:
    """What uvicorn gives an application, as far as a client needs it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.aborted = False
        self.transport = self

    async def send(self, message: Mapping[str, Any]) -> None:
        await self.reads.wait()
        if self.aborted:
            return
        self.written.append(message["body"])

    def abort(self) -> None:
        self.aborted = True
        self.reads.set()


def follow(act: Callable[[Client, Connection], Awaitable[None]]) -> Connection:
    """Run a client while `act` does something with it."""

    async def run() -> Connection:
        connection = Connection()
        client = Client(connection.send, Sight(everybodys=True), 0)
        writing = asyncio.create_task(client.write_what_is_pushed())
        await act(client, connection)
        client.end()
        await asyncio.wait_for(writing, 5)
        return connection

    return asyncio.run(run())


def test_silence_is_broken_by_heartbeats(monkeypatch):
    monkeypatch.setattr(client_module, "HEARTBEAT_S", 0.05)

    async def wait(client: Client, connection: Connection) -> None:
        await asyncio.sleep(0.18)

    assert follow(wait).written == [b": \n\n"] * 3


def test_who_is_written_to_needs_no_heartbeat(monkeypatch):
    monkeypatch.setattr(client_module, "HEARTBEAT_S", 0.1)

    async def talk(client: Client, connection: Connection) -> None:
        for _ in range(20):
            client.push(b"x")
            await asyncio.sleep(0.01)

    assert follow(talk).written == [b"x"] * 20


def test_what_waited_is_written_together():
    async def push(client: Client, connection: Connection) -> None:
        for letter in (b"a", b"b", b"c"):
            client.push(letter)
        await asyncio.sleep(0.01)

    assert follow(push).written == [b"abc"]


def test_a_client_that_does_not_read_is_dropped_when_too_much_waits(monkeypatch):
    monkeypatch.setattr(client_module, "MOST_WAITING", 10)

    async def overfill(client: Client, connection: Connection) -> None:
        connection.reads.clear()
        client.push(b"first")
        await asyncio.sleep(0.01)
        for _ in range(3):
            client.push(b"123456")
        assert client.ended and connection.aborted

    assert follow(overfill).written == []


def test_nothing_is_written_after_the_end():
    async def end(client: Client, connection: Connection) -> None:
        connection.reads.clear()
        client.end()
        await client.write(b"late")

    assert follow(end).written == []


def test_the_end_waits_for_a_client_that_reads_and_not_for_one_that_does_not(monkeypatch):
    monkeypatch.setattr(client_module, "FINISH_WITHIN_S", 0.05)

    async def finish(client: Client, connection: Connection) -> None:
        await client.finish()
        assert not connection.aborted
        connection.reads.clear()
        await client.finish()
        assert connection.aborted

    assert follow(finish).written == [b""]


def test_a_client_that_goes_away_ends():
    async def leave(client: Client, connection: Connection) -> None:
        told = iter([{"type": "http.request", "body": b"x"}, {"type": "http.disconnect"}])

        async def receive() -> Mapping[str, Any]:
            return next(told)

        await client.end_with_connection(receive)
        assert client.ended

    assert follow(leave).written == []
