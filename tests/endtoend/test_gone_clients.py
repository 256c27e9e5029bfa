"""Clients that go away in the middle of something leave nothing behind in the server."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.support.studio import Studio, wait_for
from torture.house import free_port

pytestmark = pytest.mark.slow

TOKEN = """
from accounts.models import Scope, Token, User
user = User.objects.create_user("staff", is_staff=True)
print(Token.objects.issue(user, name="goes away", scope=Scope.MANAGE)[1])
"""
ABRUPTLY = struct.pack("ii", 1, 0)
"""Closing sends a reset instead of a farewell."""
WAIT_S = 4
SOUND = json.dumps({"prompt": "a tone", "engine": "steady", "duration_s": 0.5}).encode()
FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'


class Web:
    def __init__(self, studio: Studio) -> None:
        self.port = free_port()
        studio.environment["API_PORT"] = str(self.port)
        self.token = studio.python(TOKEN).stdout.strip()
        self.log = studio.data / "web.log"
        with self.log.open("w") as log:
            process = studio.start("manage.py", "web", stdout=log, stderr=log)
        self.process = psutil.Process(process.pid)
        wait_for(self.is_there)

    def is_there(self) -> bool:
        try:
            return b" 200 OK" in self.ask("GET", "engines")
        except ConnectionError:
            return False

    def begin(
        self, method: str, path: str, body: bytes = b"", *, kind: str = "json", more: int = 0
    ) -> socket.socket:
        """Send a request that announces `more` bytes than it has."""
        head = (
            f"{method} /api/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body) + more}\r\nConnection: close\r\n\r\n"
        )
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(head.encode() + body)
        return connection

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        with self.begin(method, path, body, kind="application/json") as connection:
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def burden(self) -> tuple[int, int]:
        return self.process.num_threads(), self.process.num_fds()


@pytest.fixture
def web(studio: Studio) -> Iterator[Web]:
    web = Web(studio)
    yield web
    assert "Traceback" not in web.log.read_text()


def everybody_goes(web: Web, studio: Studio) -> None:
    """Forty clients each in the middle of a body, an upload, a wait and a stream."""
    there = len(studio.statuses())
    form = "multipart/form-data; boundary=x"
    clients = [
        web.begin("POST", "generate", b'{"prompt":', kind="application/json", more=99) for _ in range(40)
    ]
    clients += [web.begin("POST", "sounds/upload", FORM, kind=form, more=999_999) for _ in range(40)]
    clients += [
        web.begin("POST", f"generate?wait={WAIT_S}", SOUND, kind="application/json") for _ in range(40)
    ]
    clients += [web.begin("GET", "queue/events") for _ in range(40)]
    wait_for(lambda: len(studio.statuses()) == there + 40)
    for number, client in enumerate(clients):
        if number % 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
        client.close()


def test_clients_that_go_away_cost_nothing_afterwards_and_their_jobs_stay(web: Web, studio: Studio):
    everybody_goes(web, studio)  # by then there are as many threads and connections as are kept
    time.sleep(WAIT_S + 2)
    begun = time.monotonic()
    assert b" 202 Accepted" in web.ask("POST", "generate?wait=1", SOUND)
    assert time.monotonic() - begun >= 1, "a place among those who wait is free again: it waited"
    before = web.burden()
    everybody_goes(web, studio)
    assert studio.statuses() == ["queued"] * 81
    begun = time.monotonic()
    assert b" 200 OK" in web.ask("GET", "sounds")
    assert time.monotonic() - begun < WAIT_S, "who is gone holds up nobody"
    wait_for(lambda: all(now <= then + 3 for now, then in zip(web.burden(), before, strict=True)))
    assert not list(studio.data.rglob("*.part"))


def test_a_stream_is_opened_on_a_connection_that_was_used_before(web: Web):
    head = f"Host: localhost\r\nAuthorization: Bearer {web.token}\r\n"
    asked = "".join(f"GET /api/{path} HTTP/1.1\r\n{head}\r\n" for path in ("engines", "queue/events"))
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as connection:
        connection.sendall(asked.encode())
        heard = b""
        while b"text/event-stream" not in heard and (part := connection.recv(65536)):
            heard += part
    assert heard.count(b"HTTP/1.1 200 OK") == 2
