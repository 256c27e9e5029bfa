"""Clients of a real web server, and hands that move jobs beside it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.ports import free_port
from tests.support.studio import Studio, wait_for

HANDS = """
import json, sys
import django; django.setup()
from accounts.models import Token, User
from jobs.models import Batch, Event, Job, NewJob
def submit(owner=None, number=1):
    owner = User.objects.get(username=owner) if owner else None
    new = [NewJob(kind="nothing", lane="procedural", label=f"job {n}") for n in range(number)]
    batch = Job.objects.submit(new, owner=owner, wake=False)
    return [str(batch.uuid), *(str(job.uuid) for job in batch.jobs.order_by("id"))]
def newest():
    event = Event.objects.order_by("-id").first()
    return event.pk if event else 0
def claim(uuid):
    job = Job.objects.get(uuid=uuid)
    assert job.start("hands")
    return job
for line in sys.stdin:
    names = {}
    exec(json.loads(line), globals(), names)
    print(json.dumps(names.get("answer")), flush=True)
"""
PEOPLE = """
answer = {}
for name in ("ann", "bob", "staff"):
    user = User.objects.create_user(name, is_staff=name == "staff")
    answer[name] = Token.objects.issue(user, name="test")[1]
"""


class House:
    """A studio with its web server, people with tokens, and a process in which jobs are changed."""

    def __init__(self, data: Path) -> None:
        (data / "static").mkdir()
        self.port = free_port()
        self.studio = Studio(data, API_PORT=str(self.port))
        self.log = data / "web.log"
        with self.log.open("w") as stderr:
            self.web = self.studio.start("manage.py", "web", stdout=subprocess.DEVNULL, stderr=stderr)
        self._hands = self.studio.start("-c", HANDS, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.tokens = self.do(PEOPLE)
        wait_for(self._answers)

    def do(self, code: str) -> Any:
        """Run a few lines with the models at hand; what they call `answer` comes back."""
        self._hands.stdin.write(json.dumps(code) + "\n")
        self._hands.stdin.flush()
        return json.loads(self._hands.stdout.readline())

    def submit(self, owner: str | None = "ann", number: int = 1) -> list[str]:
        """Queue jobs of somebody; their batch's uuid and their own."""
        return self.do(f"answer = submit({owner!r}, {number})")

    def newest(self) -> int:
        return self.do("answer = newest()")

    def follow(self, who: str = "ann", query: str = "", **options: Any) -> Follower:
        return Follower(self.port, query, Authorization=f"Bearer {self.tokens[who]}", **options)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class Follower:
    """One HTTP connection that follows the stream."""

    def __init__(
        self, port: int, query: str = "", method: str = "GET", receive_buffer: int = 0, **headers: str
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._connection.sock = socket.socket()
        if receive_buffer:
            self._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._connection.sock.settimeout(10)
        self._connection.sock.connect(("127.0.0.1", port))
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, "/api/queue/events" + query, headers=names)
        self.socket = self._connection.sock  # the response takes it over
        self.response = self._connection.getresponse()
        if self.response.status == 200 and method == "GET":
            assert self._lines() == ["retry: 2000"]
            assert self._lines() == [": connected"]

    def problem(self) -> dict[str, Any]:
        return json.loads(self.response.read())

    def read(self, number: int) -> list[dict[str, Any]]:
        """The next events, with their ids; heartbeats are passed over."""
        return [next(self) for _ in range(number)]

    def read_on(self) -> list[dict[str, Any]]:
        """All events until the server ends the stream."""
        return list(self)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self

    def __next__(self) -> dict[str, Any]:
        while lines := self._lines():
            if lines != [": "]:
                id_, data = lines
                return {"id": int(id_.removeprefix("id: ")), **json.loads(data.removeprefix("data: "))}
        raise StopIteration

    def _lines(self) -> list[str]:
        """The lines up to the next empty one."""
        lines = []
        while line := self.response.readline().decode().rstrip("\n"):
            lines.append(line)
        return lines

    def close(self) -> None:
        self.response.close()
        self._connection.close()


def ids(events: list[dict[str, Any]]) -> list[int]:
    return [event["id"] for event in events]


def quiet(follower: Follower, seconds: float = 0.3) -> bool:
    """Whether nothing comes."""
    follower.socket.settimeout(seconds)
    started = time.monotonic()
    try:
        next(follower)
    except TimeoutError:
        return time.monotonic() - started >= seconds
    return False
