"""What a container's health check says."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.presence import Presence
from tests.support.studio import ROOT


def lives(part: str, **environment: str) -> bool:
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.alive", part],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=20,
    )
    assert not ended.stderr
    return ended.returncode == 0


def test_workers_live_as_long_as_one_of_them_does(tmp_path: Path):
    assert not lives("worker", DATA_DIR=str(tmp_path))
    presence = Presence(tmp_path / "run" / "workers", "worker-1")
    assert lives("worker", DATA_DIR=str(tmp_path))
    presence.close()
    assert not lives("worker", DATA_DIR=str(tmp_path))


@pytest.mark.parametrize(
    ("answer", "well"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", False),
        (b"what?\r\n", False),
        (b"", False),
    ],
)
def test_a_web_server_lives_when_it_says_so(answer: bytes, well: bool):
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = subprocess.Popen(
            [sys.executable, "-m", "deploy.alive", "web"], cwd=ROOT,
            env={"API_PORT": str(server.getsockname()[1])}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        connection, _ = server.accept()
        with connection:
            assert connection.recv(4096).startswith(b"GET /healthz ")
            connection.sendall(answer)
        assert (asked.wait(timeout=20) == 0) is well


def test_where_nobody_listens_no_web_server_lives():
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        assert not lives("web", API_PORT=str(taken.getsockname()[1]))
