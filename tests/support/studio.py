"""A real studio in processes of its own, to be used, watched and killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from jobs.presence import present
from tests.support.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = Path(__file__).resolve().parent / "plugin"
SQLITE = "studio.sqlite3"
DATABASE, TEMPLATE = "database.name", "template.name"
"""On PostgreSQL, files in the data folder: the studio's database, and the one to copy it from."""

about_sqlite = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="This is about SQLite itself.")


class Studio:
    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = {
            **os.environ,
            "DATA_DIR": str(data),
            "AUDIO_OUTPUT_DIR": str(data / "audio"),
            "MODEL_CACHE_DIR": str(data / "models"),
            "MODEL_DEVICE": "",
            "HF_HOME": str(data / "huggingface"),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(PLUGIN),
            "DJANGO_SETTINGS_MODULE": "ccbell_site.settings",
            "ENV_FILE": os.devnull,
            "SECRET_KEY": "only for tests",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.processes: list[subprocess.Popen[str]] = []
        self.server = Server.of_environment()
        if self.server:
            url = environment.get("DATABASE_URL") or self.server.url(self._database())
            self.environment["DATABASE_URL"] = url

    @property
    def prepared(self) -> Path:
        """The file that makes another data folder have this one's database, copied into it."""
        if not self.server:
            return self.data / SQLITE
        (self.data / TEMPLATE).write_text(self._database())
        return self.data / TEMPLATE

    def share(self, data: Path) -> None:
        """Have a studio in another data folder, which is another machine, work on this one's database."""
        data.mkdir()
        (data / DATABASE).write_text(self._database())

    def _database(self) -> str:
        """The name of this data folder's database, made when there is none."""
        assert self.server
        name, template = self.data / DATABASE, self.data / TEMPLATE
        if not name.exists():
            of = template.read_text() if template.exists() else "template0"
            name.write_text(self.server.create(of))
        return name.read_text()

    def manage(self, *args: str, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run one management command to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT, env=self.environment, check=check, text=True, capture_output=True, **options,
        )  # fmt: skip

    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """Start a Python process that goes on in the background."""
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, text=True, **options
        )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[str]:
        """Start the workers and wait until they are there."""
        process = self.start("manage.py", "worker")
        wait_for(lambda: self.living_workers() >= 2)
        return process

    def living_workers(self) -> int:
        return len(list(present(self.data / "run" / "workers")))

    def python(self, code: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a few lines inside the studio's Django."""
        return subprocess.run(
            [sys.executable, "-c", "import django; django.setup()\n" + code],
            cwd=ROOT, text=True, capture_output=True, check=True,
            env=self.environment, **options,
        )  # fmt: skip

    def submit(self, *prompts: str, engine: str = "steady", duration_s: float = 0.5) -> None:
        """Queue one sound for each prompt."""
        self.python(
            "from tests.support.briefs import submit\n"
            f"submit({list(prompts)!r}, engine={engine!r}, duration_s={duration_s})"
        )

    def rows(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        """Ask the studio's database, beside whoever else uses it."""
        if self.server:
            sql = sql.replace("%", "%%").replace("?", "%s") if args else sql
            return self.server.run(sql, *args, database=self._database())
        with sqlite3.connect(self.data / SQLITE, timeout=20) as connection:
            return connection.execute(sql, args).fetchall()

    def statuses(self) -> list[str]:
        return [row[0] for row in self.rows("select status from jobs_job order by id")]

    def running(self, word: str) -> list[psutil.Process]:
        """Living processes with `word` on their command line."""
        found = []
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):  # a zombie by now
                if word in process.cmdline():
                    found.append(process)
        return found

    def hosts(self) -> list[psutil.Process]:
        """The render hosts that live in this studio."""
        return self.running("sounds.engines.host")

    def family(self) -> list[psutil.Process]:
        """Every living process that works on this data folder, whoever its parent is."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("DATA_DIR") == str(self.data)
                if mine and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.AccessDenied, psutil.NoSuchProcess):
                continue
        return found

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        wait_for(lambda: not self.family(), timeout=5)
        if self.server and (name := self.data / DATABASE).exists():
            self.server.drop(name.read_text())
            name.unlink()


def wait_for(condition: Callable[[], Any], timeout: float = 20) -> Any:
    """Wait until `condition` is true and return what it gave."""
    until = time.monotonic() + timeout
    while not (answer := condition()):
        if time.monotonic() > until:
            raise AssertionError(f"waited {timeout} s in vain")
        time.sleep(0.02)
    return answer
