"""The database as it was at one moment, and what it says of its files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from jobs.models import Status
from packs.installer.words import printable
from sounds.store import is_shared
from sounds.uploads import TAKE_IN
from studio.backup.errors import BackupError

NOT_KEPT = ("django_session", "django_q_ormq")
"""Sign-ins, which whoever reads a backup could use; wake-ups, which only the key that signed them opens."""
UNFINISHED = (Status.QUEUED, Status.RUNNING)
COUNTED = {
    "users": "accounts_user",
    "sounds": "sounds_sound",
    "collections": "sounds_collection",
    "packs": "packs_pack",
    "builds": "packs_build",
    "releases": "releases_release",
    "jobs": "jobs_job",
}
"""What is counted to the table that holds it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file that the database names, below the audio folder; a waiting upload has no digest."""

    path: str
    bytes: int
    sha256: str
    of: str
    """Whose it is, for a sentence."""
    needed: bool = True
    """Whether somebody misses it when it is gone."""


def refuse_elsewhere() -> None:
    """Raise `BackupError` where database or files do not lie on this machine alone."""
    if connection.vendor != "sqlite":
        raise BackupError(
            "The database is on a server, which has a better way: use pg_dump and pg_restore for it, and the "
            "bucket's versioning for the files (docs/scaling.md)."
        )
    if is_shared():
        raise BackupError(
            "The files are in a bucket, which has a better way: turn on its versioning, and copy the "
            "database beside it (docs/scaling.md)."
        )


def database_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def studio_bytes() -> int:
    """How large the studio's database is, with what its log may add."""
    path = database_path()
    beside = (path.with_name(path.name + suffix) for suffix in ("", "-wal"))
    return sum(one.stat().st_size for one in beside if one.is_file())


def copy_database(target: Path) -> None:
    """Copy the studio's database while others go on writing to it, without what is not to be kept.

    In one step: the copy of SQLite's backup interface begins anew whenever somebody else writes between
    two steps, and with a write-ahead log nobody waits for the one. (`VACUUM INTO` would give a smaller
    file for several times the work.)

    Raises
    ------
    BackupError
        When the database is missing or damaged.
    """
    source_path = database_path()
    if not source_path.is_file():
        raise BackupError(f"There is no database at {source_path} yet, so there is nothing to back up.")
    remove(target)
    with opened(source_path) as source, opened(target, new=True) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        copy.execute("PRAGMA secure_delete=ON")
        for table in tables(copy) & set(NOT_KEPT):
            copy.execute(f"DELETE FROM {table}")
        copy.commit()
        refuse_damaged(copy, "The studio's database")


def refuse_damaged(database: sqlite3.Connection, label: str) -> None:
    """Raise `BackupError` unless SQLite finds every page and every row of it in order."""
    flaws = [row[0] for row in database.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
    if flaws:
        said = printable("; ".join(flaws), 200)
        raise BackupError(f"{label} is damaged ({said}); restore the latest backup that is whole.")


def lost_references(database: sqlite3.Connection) -> list[str]:
    """A sentence for each of a few rows that refer to one that is not there."""
    found = database.execute("PRAGMA foreign_key_check").fetchmany(3)
    return [f"a row of {table} refers to a row of {parent} that is gone" for table, _, parent, _ in found]


def schema_of(database: sqlite3.Connection) -> dict[str, str]:
    """App to its last migration."""
    if "django_migrations" not in tables(database):
        return {}
    return dict(database.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"))


def counts_of(database: sqlite3.Connection) -> dict[str, int]:
    there = tables(database)
    return {
        what: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for what, table in COUNTED.items()
        if table in there
    }


def files_of(database: sqlite3.Connection) -> list[Named]:
    """Every file that the rows need, in the order in which the disk has them."""
    there = tables(database)
    files: list[Named] = []
    if "sounds_audiofile" in there:
        files += _of_takes(database)
    if "packs_build" in there:
        files += _of_builds(database)
    if "jobs_job" in there:
        files += _of_uploads(database)
    return sorted(files, key=lambda file: file.path)


def tables(database: sqlite3.Connection) -> set[str]:
    return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@contextmanager
def opened(path: Path, *, new: bool = False) -> Iterator[sqlite3.Connection]:
    """A database file; what SQLite says of it becomes a `BackupError`."""
    try:
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'rwc' if new else 'rw'}", uri=True, timeout=20
        )
        try:
            yield database
        finally:
            database.close()
    except sqlite3.Error as error:
        raise BackupError(f"The database {path} cannot be used: {error}.") from error


def remove(path: Path) -> None:
    """Remove a database file with what SQLite may have left beside it."""
    for suffix in SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


SUFFIXES = ("", "-wal", "-shm", "-journal")


def _of_takes(database: sqlite3.Connection) -> Iterator[Named]:
    """Of every take but those that were cleaned up, whose files nobody expects."""
    columns = {row[1] for row in database.execute("PRAGMA table_info(sounds_sound)")}
    kept = "WHERE sound.cleaned_at IS NULL" if "cleaned_at" in columns else ""
    rows = database.execute(f"""
        SELECT file.path, file.bytes, file.sha256, sound.title
        FROM sounds_audiofile AS file JOIN sounds_sound AS sound ON sound.id = file.sound_id {kept}""")
    return (Named(*row) for row in rows)


def _of_builds(database: sqlite3.Connection) -> Iterator[Named]:
    rows = database.execute("SELECT zip_path, zip_bytes, zip_sha256, version FROM packs_build")
    return (Named(path, size, sha256, f"build {version}") for path, size, sha256, version in rows)


def _of_uploads(database: sqlite3.Connection) -> Iterator[Named]:
    """What people sent and no job has made a sound of yet; one that ended badly may be tried once more."""
    rows = database.execute(
        """
        SELECT json_extract(payload, '$.file'), label, status FROM jobs_job
        WHERE kind = ? AND status != ?""",
        [TAKE_IN, Status.SUCCEEDED],
    )
    for name, label, status in rows:
        if name:
            path = f"temp/uploads/{Path(name).name}"
            yield Named(path, _bytes(path), "", label, needed=status in UNFINISHED)


def _bytes(path: str) -> int:
    try:
        return (settings.AUDIO_OUTPUT_DIR / path).stat().st_size
    except OSError:
        return 0
