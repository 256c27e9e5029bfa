"""A real Redis of one's own, on a free port, that keeps nothing and ends with whoever started it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time

import redis

from tests.support.ports import free_port
from tests.support.postgres import die_with_parent, missing


class RedisServer:
    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Have it begin, with nothing in it."""
        if not (command := shutil.which("redis-server")):
            missing("Redis is not installed; on Debian: apt install redis-server")
        self.process = subprocess.Popen(
            [command, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL, cwd="/tmp", preexec_fn=die_with_parent,
        )  # fmt: skip
        self.client = redis.Redis(port=self.port)
        until = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > until:
                raise RuntimeError("Redis does not start; what it said above is the reason.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        """As a machine that loses its power: what it held is gone."""
        self.client.close()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
