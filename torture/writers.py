"""Fifty requests a second that write, beside two workers that do too"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.figures import Figure
from torture import house
from torture.requests import Answer, Caller, at_rate, percentile

PER_S = 50
TOKEN = """
from accounts.models import Scope, Token, User
user = User.objects.create_user("writer", is_staff=True)
print(Token.objects.issue(user, name="torture", scope=Scope.MANAGE)[1])
"""
OF_TEN_NEW = 2
"""As many sounds as two workers can make beside all that."""


def measure(*, seconds: float = 60) -> Iterator[Figure]:
    with house.fresh() as studio:
        studio.open("worker", "web")
        caller = Caller(studio.port, studio.code(TOKEN).strip())
        answers = asyncio.run(_write(caller, seconds))
        studio.wait_until_done(within_s=60)
        log = (studio.data / "log.txt").read_text()
        statuses = studio.statuses()
    yield Figure(name=f"{PER_S} writes a second, p99", value=percentile(answers, 99), target=50, unit="ms")
    yield Figure(name="the same, median", value=percentile(answers, 50), unit="ms")
    yield Figure(name="answered", value=len(answers), digits=0)
    bad = sum(answer.status >= 500 or answer.status == 0 for answer in answers)
    yield Figure(name="answers of 5xx, or none", value=bad, target=0, sense="=", digits=0)
    yield Figure(
        name="“database is locked” in any log",
        value=log.count("database is locked"), target=0, sense="=", digits=0,
    )  # fmt: skip
    yield Figure(name="sounds asked for meanwhile", value=len(statuses), digits=0)
    lost = sum(status != "succeeded" for status in statuses)
    yield Figure(name="of these not made", value=lost, target=0, sense="=", digits=0)


async def _write(caller: Caller, seconds: float) -> list[Answer]:
    first = await caller.ask("POST", "/api/generate", {"theme": "minimal", "hook": "task_complete"})
    sound = first.json()["sound"]["id"]

    async def one(number: int) -> Answer:
        if number % 10 < OF_TEN_NEW:
            return await caller.ask("POST", "/api/generate?wait=0", {"theme": "minimal", "hook": "idle"})
        if number % 2:
            return await caller.ask("PATCH", f"/api/sounds/{sound}", {"title": f"Take {number}"})
        liked = "PUT" if number % 4 else "DELETE"
        return await caller.ask(liked, f"/api/sounds/{sound}/favourite")

    return await at_rate(PER_S, seconds, one)
