"""A studio under torture: its own data folder, and somebody who starts again what was killed."""

from __future__ import annotations

import atexit
import contextlib
import functools
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.support.ports import free_port
from tests.support.studio import ROOT, Studio, wait_for


class House(Studio):
    """A studio whose parts are started again when they die, as `ccbell_site.run` does, but at once."""

    def __init__(self, data: Path, **environment: str) -> None:
        super().__init__(data, **{"API_PORT": str(free_port()), "LOG_LEVEL": "ERROR", **environment})
        self.parts: dict[str, subprocess.Popen[str]] = {}

    @property
    def port(self) -> int:
        return int(self.environment["API_PORT"])

    def open(self, *parts: str) -> None:
        """Start parts, ``worker`` or ``web``, and wait until they do their work."""
        for part in parts:
            self._start(part)
        wait_for(lambda: "worker" not in parts or self.living_workers() >= 2)
        wait_for(lambda: "web" not in parts or self.answers())

    def revive(self) -> list[str]:
        """Start again what died; the names of those parts."""
        dead = [part for part, process in self.parts.items() if process.poll() is not None]
        for part in dead:
            self._start(part)
        return dead

    def shut(self) -> int:
        """Ask every part to end; the number of processes that were still there afterwards."""
        for process in self.parts.values():
            process.terminate()
        for process in self.parts.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
        self.parts.clear()
        with contextlib.suppress(AssertionError):
            wait_for(lambda: not self.family(), timeout=2)
        return len(self.family())

    def cut_the_power(self) -> None:
        """Kill everything at one moment."""
        family = self.family()
        for wish in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, so that none sees another one's end
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(wish)
        self.parts.clear()
        wait_for(lambda: not self.family())

    def answers(self) -> bool:
        """Whether the web server can be reached and finds the studio well enough to serve."""
        try:
            url = f"http://127.0.0.1:{self.port}/healthz"
            return urllib.request.urlopen(url, timeout=5).status == 200
        except OSError:
            return False

    def rows(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        """Ask its database, and leave no connection open: a disk may have to be unmounted."""
        with (
            contextlib.closing(sqlite3.connect(self.data / "studio.sqlite3", timeout=20)) as connection,
            connection,
        ):
            return connection.execute(sql, args).fetchall()

    def code(self, code: str, *args: str) -> str:
        """Run code with arguments inside the studio's Django; what it printed."""
        command = [sys.executable, "-c", "import django; django.setup()\n" + code, *args]
        process = subprocess.run(
            command, cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, check=True
        )
        return process.stdout

    def sweep(self) -> int:
        """Have the studio remove what nobody owns; how many folders that were."""
        return int(self.code("from sounds.sweep import sweep_orphans\nprint(sweep_orphans())"))

    def workers(self) -> dict[str, psutil.Process]:
        """Living workers by the name under which they claim jobs."""
        found = {}
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                for file in process.open_files():
                    if "/run/workers/" in file.path:
                        found[Path(file.path).stem] = process
        return found

    def unfinished(self) -> int:
        return sum(status in ("queued", "running") for status in self.statuses())

    def wait_until_done(self, *, within_s: float) -> None:
        """Wait for all jobs to end, reviving what dies; whoever asks afterwards finds what did not."""
        until = time.monotonic() + within_s
        while self.unfinished() and time.monotonic() < until:
            self.revive()
            time.sleep(0.1)

    def _start(self, part: str) -> None:
        with (self.data / "log.txt").open("a") as log:
            self.parts[part] = self.start("manage.py", part, stdout=log, stderr=log)


@contextlib.contextmanager
def fresh(below: Path | None = None, **environment: str) -> Iterator[House]:
    """A prepared studio with nothing in it, gone afterwards with all its processes."""
    with tempfile.TemporaryDirectory(prefix="torture-", dir=below) as folder:
        shutil.copy(prepared(), folder)
        Path(folder, "static").mkdir()  # a web server without one says so in its log
        house = House(Path(folder), **environment)
        try:
            yield house
        finally:
            house.close()


@functools.cache
def prepared() -> Path:
    """A prepared database, made once by the real command."""
    folder = Path(tempfile.mkdtemp(prefix="torture-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Studio(folder).manage("prepare")
    return folder / "studio.sqlite3"
