"""Bodies that are too large never reach the application."""

from __future__ import annotations

import asyncio
import json

import pytest

from ccbell_site.gate import LARGEST_BODY, UPLOAD, WRITERS, Gate
from jobs import waiting


async def reads_all(scope, receive, send) -> None:
    """An application that answers with the number of bytes it was given."""
    came, more = 0, True
    while more:
        message = await receive()
        came += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(came).encode()})


def ask(path: str, chunks: list[bytes], *, announced: int | None = None) -> tuple[int, bytes]:
    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    waiting = iter(chunks)
    left = len(chunks)
    sent = []

    async def receive():
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": next(waiting), "more_body": left > 0}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(Gate(reads_all)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_what_fits_passes():
    assert ask("/api/generate", [b"x" * 1000] * 3, announced=3000) == (200, b"3000")


def test_a_body_that_announces_too_much_is_refused_unread():
    status, body = ask("/api/generate", [], announced=10_000_000)
    assert status == 413
    assert json.loads(body)["detail"] == "The body is too large; 2 MB is the most here."


def test_a_body_in_pieces_is_refused_as_soon_as_it_is_too_much():
    assert ask("/admin/login/", [b"x" * (LARGEST_BODY // 4)] * 100)[0] == 413


def test_uploads_may_be_larger():
    assert ask(UPLOAD, [b"x" * LARGEST_BODY] * 3)[0] == 200


@pytest.mark.parametrize("path", ["/api/packs/import", "/imports/"])
def test_packs_that_come_in_may_be_as_large_as_packs_are(path):
    assert ask(path, [b"x" * LARGEST_BODY] * 3)[0] == 200
    assert ask(path, [], announced=60_000_000)[0] == 413


@pytest.mark.parametrize("length", ["-5", "many", "1e9"])
def test_a_length_that_is_none_is_left_to_others(length):
    headers = [(b"content-length", length.encode())]
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"x"}

    async def send(message):
        sent.append(message)

    asyncio.run(
        Gate(reads_all)({"type": "http", "method": "GET", "path": "/", "headers": headers}, receive, send)
    )
    assert sent[0]["status"] == 200


class Crowd:
    """Requests whose views last until they are told to go on."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.goes_on = asyncio.Event()
        self.gate = Gate(self.view)

    async def view(self, scope, receive, send) -> None:
        await receive()
        self.inside.append(scope["path"])
        if scope["path"] == "/waits":
            waiting.visitor.get().step_aside()
        await self.goes_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def come(self, *wishes: tuple[str, str]) -> list[asyncio.Task]:
        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            pass

        tasks = [
            asyncio.create_task(
                self.gate({"type": "http", "method": method, "path": path, "headers": []}, receive, send)
            )
            for method, path in wishes
        ]
        for _ in range(200):  # turns of the loop: as many as anybody may need to get in
            await asyncio.sleep(0)
        return tasks


def test_who_reads_need_not_wait_for_a_crowd_that_writes():
    async def go() -> tuple[list[str], list[str]]:
        crowd = Crowd()
        tasks = await crowd.come(*[("POST", f"/{number}") for number in range(10)], ("GET", "/page"))
        before = list(crowd.inside)
        crowd.goes_on.set()
        await asyncio.gather(*tasks)
        return before, crowd.inside

    before, after = asyncio.run(go())
    assert before == [*(f"/{number}" for number in range(WRITERS)), "/page"]
    assert after[WRITERS + 1 :] == [f"/{number}" for number in range(WRITERS, 10)]


def test_who_waits_lets_others_in():
    async def go() -> list[str]:
        crowd = Crowd()
        tasks = await crowd.come(*[("POST", "/waits")] * 20, ("POST", "/other"))
        inside = list(crowd.inside)
        crowd.goes_on.set()
        await asyncio.gather(*tasks)
        return inside

    assert asyncio.run(go()) == ["/waits"] * 20 + ["/other"]


def test_a_view_that_fails_leaves_its_place_to_the_next():
    async def fails(scope, receive, send) -> None:
        await receive()
        raise ValueError

    async def go() -> None:
        gate = Gate(fails)

        async def receive():
            return {"type": "http.request", "body": b""}

        for _ in range(2 * WRITERS + 1):
            with pytest.raises(ValueError):
                await gate({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, None)

    asyncio.run(asyncio.wait_for(go(), 5))


def test_who_waits_for_somebody_hears_when_he_goes_away():
    heard = []

    async def waits(scope, receive, send) -> None:
        await receive()
        waiting.visitor.get().when_gone(lambda: heard.append("gone"))
        assert not heard
        await receive()
        waiting.visitor.get().when_gone(lambda: heard.append("gone already"))

    async def go() -> None:
        messages = iter([{"type": "http.request", "body": b""}, {"type": "http.disconnect"}])

        async def receive():
            return next(messages)

        await Gate(waits)({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, None)

    asyncio.run(go())
    assert heard == ["gone", "gone already"]
