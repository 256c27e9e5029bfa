"""The event stream with many clients: nothing lost, little processor time, others not held up, Ctrl-C ends"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import psutil

from benchmarks.figures import Figure
from benchmarks.queue import busy_s
from tests.support.studio import wait_for
from torture.house import House, fresh
from torture.requests import percentile_of

EVENTS_PER_S = 5
REQUESTS_PER_S = 10
TOKENS = """
from accounts.models import Token, User
for name, staff in (("owner", False), ("looks after all", True)):
    user = User.objects.create_user(name, is_staff=staff)
    print(Token.objects.issue(user, name="streams")[1])
"""
WRITE = """
import sys, time
import django; django.setup()
from accounts.models import User
from jobs.models import Job, NewJob
Job.objects.submit(
    [NewJob(kind="nothing", lane="procedural")], owner=User.objects.get(username="owner"), wake=False
)
job = Job.objects.claim("torture")
until = time.monotonic() + float(sys.argv[1])
while time.monotonic() < until:
    job.report(0.5, str(time.time()))  # when it happened, for whoever sees it arrive
    time.sleep(1 / float(sys.argv[2]))
job.succeed()
"""
EVENT = re.compile(rb"id: (\d+)\ndata: ([^\n]*)\n\n")


def measure(clients: int = 500, seconds: float = 20) -> Iterator[Figure]:
    allow_open_files(clients + 100)
    with fresh(LOG_LEVEL="WARNING") as studio:
        yield from streams(studio, clients, seconds)


def streams(studio: House, clients: int, seconds: float) -> Iterator[Figure]:
    """What `clients` cost while they follow, then what others notice, `seconds` each."""
    tokens = studio.python(TOKENS).stdout.split()
    log = studio.data / "web.log"
    with log.open("w") as stderr:
        web = studio.start(
            "manage.py", "web", stdout=subprocess.DEVNULL, stderr=stderr, preexec_fn=few_open_files
        )
    wait_for(studio.answers)
    alone = other_requests(studio.port, tokens[1], seconds / 2)
    with swarm(studio, clients, tokens) as asked:
        writer = studio.start("-c", WRITE, str(2 * seconds + 2), str(EVENTS_PER_S))
        wait_for(lambda: "running" in studio.statuses())
        before = busy_s(psutil.Process(web.pid))
        time.sleep(seconds)
        share = 100 * (busy_s(psutil.Process(web.pid)) - before) / seconds
        waits = other_requests(studio.port, tokens[1], seconds)
        writer.wait()
        time.sleep(2)
        ids = [row[0] for row in studio.rows("select id from jobs_event order by id")]
        seen = asked(ids)
        ended_s = ctrl_c(web)
    with_clients = f"{clients} streams"
    yield Figure(
        name=f"{with_clients}, {len(ids)} events: got each once and in order",
        value=seen["exact"], target=clients, sense="=", digits=0,
    )  # fmt: skip
    yield Figure(name=f"{with_clients}: web process, of one core", value=share, target=5, unit="%", digits=1)
    yield Figure(
        name=f"{with_clients}: other requests, p99",
        value=1e3 * percentile_of(waits, 99), target=50, unit="ms",
    )  # fmt: skip
    yield Figure(name="the same without a stream, p99", value=1e3 * percentile_of(alone, 99), unit="ms")
    yield Figure(name=f"{with_clients}: other requests, median", value=1e3 * median(waits), unit="ms")
    yield Figure(name=f"{with_clients}: event to client, median", value=1e3 * seen["median_s"], unit="ms")
    yield Figure(name=f"{with_clients}: event to client, p99", value=1e3 * seen["p99_s"], unit="ms")
    yield Figure(name=f"{with_clients}: Ctrl-C to the end", value=ended_s, target=5, unit="s")
    lines = len(log.read_text().splitlines())
    yield Figure(name=f"{with_clients}: lines in the log", value=lines, target=0, sense="=", digits=0)


def other_requests(port: int, token: str, seconds: float) -> list[float]:
    """How long each of some other requests took, in seconds."""
    waits = []
    until = time.monotonic() + seconds
    while (started := time.monotonic()) < until:
        path = ("healthz", "api/themes")[len(waits) % 2]
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}")
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request) as answer:
            answer.read()
        waits.append(time.monotonic() - started)
        time.sleep(max(1 / REQUESTS_PER_S - waits[-1], 0))
    return waits


def ctrl_c(web: subprocess.Popen[str]) -> float:
    started = time.monotonic()
    web.send_signal(signal.SIGINT)
    try:
        web.wait(timeout=30)
    except subprocess.TimeoutExpired:
        web.kill()
    return time.monotonic() - started


def few_open_files() -> None:
    """As a Mac starts its programs."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def allow_open_files(number: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, hard), hard))


# The clients, in a process of their own -----------------------------------------------------------------


@contextmanager
def swarm(studio: House, clients: int, tokens: list[str]) -> Iterator[Any]:
    """Connected clients; what is yielded tells what they saw, given the ids that they should have seen."""
    process = studio.start(
        "-m", "torture.streams", str(studio.port), str(clients), *tokens,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout
    assert stdout.readline() == "connected\n"

    def ask(ids: list[int]) -> dict[str, float]:
        stdin.write(json.dumps(ids) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    yield ask
    stdin.close()
    process.wait()


class Follower(asyncio.Protocol):
    """Keeps what arrives and when; it is read when all is over, so that it costs next to nothing now."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.arrived: list[tuple[float, bytes]] = []
        self.connected = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        transport.write(
            f"GET /api/queue/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n\r\n"
            .encode()
        )  # fmt: skip

    def data_received(self, data: bytes) -> None:
        self.arrived.append((time.time(), data))
        if not self.connected.done() and b": connected" in data:
            self.connected.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.connected.done():
            self.connected.set_exception(error or ConnectionError("not admitted"))

    def ids(self) -> list[int]:
        everything = b"".join(data for _, data in self.arrived)
        return [int(id_) for id_, _ in EVENT.findall(everything)]

    def delays(self) -> Iterator[float]:
        for at, data in self.arrived:
            for _, line in EVENT.findall(data):
                if happened := json.loads(line)["message"]:
                    yield at - float(happened)


async def follow(port: int, number: int, tokens: list[str]) -> None:
    loop = asyncio.get_running_loop()
    followers = [Follower(tokens[n % len(tokens)]) for n in range(number)]
    for follower in followers:
        await loop.create_connection(lambda follower=follower: follower, "127.0.0.1", port)
        await follower.connected
    print("connected", flush=True)
    if not (line := await loop.run_in_executor(None, sys.stdin.readline)):
        return  # whoever wanted to know is gone
    expected = json.loads(line)
    exact = sum(follower.ids() == expected for follower in followers)
    delays = [delay for follower in followers[::10] for delay in follower.delays()]
    seen = {"exact": exact, "median_s": median(delays), "p99_s": percentile_of(delays, 99)}
    print(json.dumps(seen), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)  # stay connected until told to go


if __name__ == "__main__":
    port, number = int(sys.argv[1]), int(sys.argv[2])
    allow_open_files(number + 100)
    asyncio.run(follow(port, number, sys.argv[3:]))
