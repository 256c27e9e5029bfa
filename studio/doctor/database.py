"""Whether the database is there, whole, and of this studio's shape."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ccbell_site.database import PREPARE, explain
from packs.installer.words import counted, listed
from sounds.weights.sizes import in_words
from studio.doctor.file_systems import network_kind
from studio.doctor.finding import Finding, fail, note, ok, warn
from studio.doctor.reading import WAIT_S, address, file

CHECK_WITHIN_S = 4.0
CLOCKS_APART_S = 5.0
NAMED = 3
"""So many migrations are named; of more the number is enough."""
RESTORE = "restore a backup: docs/operate.md says how"


def place() -> Iterator[Finding]:
    yield from _server() if settings.IS_SHARED else _sqlite()


def whole() -> Iterator[Finding]:
    """SQLite's own look at every page, for as long as a person waits."""
    path = file()
    if settings.IS_SHARED or not path.is_file():
        return
    with contextlib.closing(_opened(path)) as database:
        alarm = threading.Timer(CHECK_WITHIN_S, database.interrupt)
        alarm.daemon = True
        alarm.start()
        try:
            answer = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            yield note("whole", f"large: no damage in what was looked at within {CHECK_WITHIN_S:.0f} s")
            return
        except sqlite3.DatabaseError as error:
            answer = str(error)
        finally:
            alarm.cancel()
    if answer == "ok":
        yield ok("whole", "every page was looked at, none is damaged")
    else:
        yield fail("whole", f"damaged: {' '.join(answer.split())}", RESTORE)


def migrations() -> Iterator[Finding]:
    if not settings.IS_SHARED and not file().is_file():
        return
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return  # `place` says why
    loader = executor.loader
    missing = [node for node, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    own = {config.label for config in apps.get_app_configs()}
    newer = [key for key in loader.applied_migrations if key[0] in own and key not in loader.disk_migrations]
    replaced = {old for one in loader.replacements.values() for old in one.replaces}
    newer = [key for key in newer if key not in replaced]
    if newer:
        names = listed([f"{app} {name}" for app, name in sorted(newer)[:NAMED]])
        yield fail("schema", f"made by a newer studio ({names})", "update the studio")
    elif missing and not loader.applied_migrations:
        yield fail("schema", "the database is empty", PREPARE)
    elif missing:
        apps_ = Counter(node.app_label for node in missing)
        names = listed([f"{label} {number}" for label, number in sorted(apps_.items())])
        yield fail("schema", f"{counted(len(missing), 'migration')} to be applied ({names})", PREPARE)
    else:
        yield ok("schema", "as this studio wants it")


CHECKS = (place, whole, migrations)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(address(path), uri=True, timeout=WAIT_S, check_same_thread=False)


def _sqlite() -> Iterator[Finding]:
    path = file()
    if not path.is_file():
        yield fail("SQLite", f"there is no {path}", PREPARE)
        return
    if not os.access(path, os.R_OK):
        yield fail("SQLite", f"{path} cannot be read", f"sudo chown $(id -un) {path}")
        return
    try:
        with contextlib.closing(_opened(path)) as database:
            database.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        yield fail("SQLite", f"{path} does not open ({error})", explain(DatabaseError(str(error))))
        return
    size = sum(one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())
    fact = f"{path}, {in_words(size)}"
    if kind := network_kind(path):
        yield fail(
            "SQLite",
            f"{fact}, on {kind}: a file system of another machine damages it",
            "move DATA_DIR to a disk of this machine, or set DATABASE_URL to a PostgreSQL",
        )
    elif not _has_log(path):
        yield note("SQLite", f"{fact}, without a log (WAL); the next start turns it on")
    else:
        yield ok("SQLite", f"{fact}, WAL")


def _has_log(path: Path) -> bool:
    """Whether readers need not wait for writers (https://www.sqlite.org/fileformat.html, offset 18)."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x02\x02"


def _server() -> Iterator[Finding]:
    """Its address without the password."""
    told = connection.settings_dict
    where = f"{told['NAME']} at {told['HOST']}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), "
                "pg_database_size(current_database()), clock_timestamp()"
            )
            version, size, moment = cursor.fetchone()
    except DatabaseError as error:
        reason = " ".join(str(error).split()) or "no answer"
        yield fail("PostgreSQL", f"{where} cannot be used ({reason})", "start it, or put DATABASE_URL right")
        return
    yield ok("PostgreSQL", f"{version.split()[0]}, {where}, {in_words(size)}")
    apart = abs((timezone.now() - moment).total_seconds())
    if apart > CLOCKS_APART_S:
        yield warn(
            "clocks", f"this machine's is {apart:.0f} s from the database's", "have both follow a time server"
        )
