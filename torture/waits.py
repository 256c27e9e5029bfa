"""Requests that wait for sounds nobody makes: forty, then three hundred, and what others notice"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.figures import Figure
from torture import house
from torture.requests import Answer, Caller, at_rate, percentile
from torture.writers import TOKEN

PLACES = 32
PAGES_PER_S = 20
WISH = {"theme": "minimal", "hook": "idle"}


def measure(*, few: int = 40, many: int = 300, wait_s: float = 10) -> Iterator[Figure]:
    with house.fresh() as studio:
        studio.open("web")
        caller = Caller(studio.port, studio.code(TOKEN).strip())
        for number in (few, many):
            pages, waited = asyncio.run(_crowd(caller, number, wait_s))
            yield from _figures(number, pages, waited, wait_s)
        submitted = len(studio.statuses())
    yield Figure(name="jobs submitted", value=submitted, target=few + many, sense="=", digits=0)


def _figures(number: int, pages: list[Answer], waited: list[Answer], wait_s: float) -> Iterator[Figure]:
    who = f"{number} at once with wait={wait_s:g}"
    at_once = [answer for answer in waited if answer.took_s < wait_s]
    yield Figure(name=f"{who}: other pages, p99", value=percentile(pages, 99), target=50, unit="ms")
    yield Figure(name=f"{who}: other pages, median", value=percentile(pages, 50), unit="ms")
    all_202 = sum(answer.status == 202 for answer in waited)
    yield Figure(name=f"{who}: answered 202", value=all_202, target=number, sense="=", digits=0)
    over = number - PLACES
    yield Figure(
        name=f"{who}: beyond the cap, answered without waiting",
        value=len(at_once), target=over, sense="=", digits=0,
    )  # fmt: skip
    if len(at_once) > 1:
        yield Figure(name=f"{who}: the slowest of these", value=percentile(at_once, 99), unit="ms", digits=0)


async def _crowd(caller: Caller, number: int, wait_s: float) -> tuple[list[Answer], list[Answer]]:
    """`number` requests that wait, all sent in one moment, and ordinary ones beside them."""

    async def page(count: int) -> Answer:
        return await caller.ask("GET", ("/api/themes", "/api/sounds")[count % 2])

    pages = asyncio.ensure_future(at_rate(PAGES_PER_S, wait_s, page))
    await asyncio.sleep(0.2)
    asked = [caller.ask("POST", f"/api/generate?wait={wait_s:g}", WISH) for _ in range(number)]
    waited = await asyncio.gather(*asked)
    return await pages, list(waited)
