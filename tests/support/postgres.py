"""A real PostgreSQL of one's own, on a free port, that ends with whoever started it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from jobs.orphans import PR_SET_PDEATHSIG
from tests.support.ports import free_port

PASSWORD = "p@ss/word%1"
"""With every sign that an address has to have written otherwise."""
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}


class Server:
    """A server that is reached as `user`, to have databases made in it."""

    def __init__(self, port: int, host: str = "127.0.0.1", user: str = "studio", password: str = PASSWORD):
        self.port, self.host, self.user, self.password = port, host, user, password

    @classmethod
    def of_environment(cls) -> Server | None:
        """The one that this run of tests is to use, by DATABASE_URL."""
        import environ

        if not (url := os.environ.get("DATABASE_URL")):
            return None
        known = environ.Env.db_url_config(url)
        return cls(int(known["PORT"] or 5432), known["HOST"], known["USER"], known["PASSWORD"])

    def url(self, database: str) -> str:
        return f"postgres://{self.user}:{quote(self.password, safe='')}@{self.host}:{self.port}/{database}"

    def run(self, sql: str, *args: Any, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement by itself, outside of any transaction."""
        import psycopg

        known = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        with psycopg.connect(**known, dbname=database, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(sql, args or None)
            return cursor.fetchall() if cursor.description else []

    def create(self, template: str = "template0") -> str:
        """Make a database, as a copy of another one; its name."""
        name = f"studio_{uuid.uuid4().hex[:12]}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, database: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


class Postgres(Server):
    """A cluster in a folder of its own under /tmp, without a care for power cuts."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ccbell-postgres-"))
        super().__init__(free_port())
        self._init()
        self.process = self._serve()

    def _init(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            owner = _not_root()
            for path in (self.folder, password):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [
                *_as_somebody(), str(binaries() / "initdb"), "--pgdata", str(self.folder / "data"),
                "--username", self.user, "--pwfile", str(password), "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            ],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip

    def _serve(self) -> subprocess.Popen[bytes]:
        settings = SETTINGS | {"unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        data = ["-D", str(self.folder / "data"), "-p", str(self.port)]
        process = subprocess.Popen(
            [*_as_somebody(), str(binaries() / "postgres"), *data, *options],
            cwd="/", preexec_fn=die_with_parent, process_group=0,
        )  # fmt: skip
        until = time.monotonic() + 30
        while not self._answers():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("PostgreSQL does not start; what it said above is the reason.")
            time.sleep(0.05)
        return process

    def _answers(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError):
            return bool(self.run("SELECT 1"))
        return False

    def stop(self) -> None:
        """Have it end at once, without asking those who are connected."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)

    def start(self) -> None:
        """Have it serve again what it served before."""
        self.process = self._serve()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def binaries() -> Path:
    """Where the newest PostgreSQL of this machine lies; skips the test where there is none."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if newest := max(installed, default=None, key=lambda path: int(path.parts[-3])):
        return newest.parent
    missing("PostgreSQL is not installed; on Debian: apt install postgresql")


def missing(sentence: str) -> Any:
    """Skip a test for want of a program; where everything is to be tested it fails instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def die_with_parent() -> None:
    """To be run in a child: a run of tests that is killed leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _as_somebody() -> list[str]:
    """PostgreSQL refuses to run as root; to change the user forgets whom to die with."""
    if os.geteuid() != 0:
        return []
    owner = _not_root()
    who = ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--clear-groups"]
    return ["setpriv", *who, "--pdeathsig", "QUIT", "--"]


def _not_root() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    missing("There is no user postgres or nobody to run PostgreSQL as.")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """The server that the run of tests has already, or one for the time being."""
    if there := Server.of_environment():
        yield there
        return
    postgres = Postgres()
    try:
        yield postgres
    finally:
        postgres.close()
