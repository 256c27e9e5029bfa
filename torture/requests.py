"""Many requests at once from one process, each timed, with as little work as can be."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    took_s: float
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a token."""

    port: int
    token: str

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """One request over a connection of its own; status 0 where the connection broke."""
        before = time.perf_counter()
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(head.encode() + content)
            raw = await reader.read()
            writer.close()
        except OSError:
            raw = b""
        took_s = time.perf_counter() - before
        front, _, rest = raw.partition(b"\r\n\r\n")
        status = int(front[9:12]) if front else 0
        return Answer(status, took_s, rest)


async def at_rate(per_s: float, seconds: float, ask: Callable[[int], Awaitable[Answer]]) -> list[Answer]:
    """Ask `per_s` times a second whether or not earlier answers have come; all answers."""
    begun = time.perf_counter()
    asked = []
    for number in range(round(per_s * seconds)):
        await asyncio.sleep(max(begun + number / per_s - time.perf_counter(), 0))
        asked.append(asyncio.ensure_future(ask(number)))
    return list(await asyncio.gather(*asked))


def percentile(answers: list[Answer], percent: int) -> float:
    """Of the times that answers took, in milliseconds."""
    return 1e3 * percentile_of([answer.took_s for answer in answers], percent)


def percentile_of(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]
