"""Restore a backup: unpacked and proven beside the studio first, and then put in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from jobs.duty import OnDuty, alone
from packs.installer.words import counted, listed, shown
from studio.backup import snapshot
from studio.backup.document import FOLDERS, Document
from studio.backup.errors import BackupError
from studio.backup.read import Tick, open_backup
from studio.backup.stage import Stage
from studio.backup.swap import Moves, is_begun, swap
from studio.backup.write import only_one
from studio.hold import cleanup_held

_WORK = ("sound", "collection", "pack", "release", "job")


@dataclass(frozen=True, slots=True)
class Restored:
    """What is here now."""

    document: Document
    was_older: bool
    """Whether the database had to be brought up to date."""
    aside: list[Path]
    """Where what was here before lies now."""


def check(path: Path, *, tick: Tick) -> Document:
    """Read a backup from end to end; raises `BackupError` when it could not be restored here."""
    with open_backup(path) as backup:
        _refuse_newer(backup.label, backup.document)
        backup.verify(tick)
        return backup.document


def restore(path: Path, *, replace: bool, tick: Tick) -> Restored:
    """Make this the studio that was backed up; what was here before is put aside if `replace` allows it.

    Raises
    ------
    BackupError
        When it cannot be done; the studio is as it was then, unless the sentence says otherwise.
    """
    snapshot.refuse_elsewhere()
    try:
        with open_backup(path) as backup, _undisturbed():
            _refuse_newer(backup.label, backup.document)
            _refuse_disks()
            if not replace:
                _refuse_work()
            stage = Stage()
            stage.clear()
            try:
                schema = stage.fill(backup, tick)
                _refuse_opened()
                aside = _aside()
                swap(aside, stage.moves(), stage.folders)
            finally:
                if not is_begun():
                    stage.clear()
    except OnDuty as reason:
        raise BackupError(str(reason)) from reason
    except OSError as error:
        raise BackupError(f"{error.filename or 'A file'}: {error.strerror}; nothing was restored.") from error
    folders = sorted({target.parent for _, target in aside})
    return Restored(backup.document, schema != backup.document.schema, folders)


@contextmanager
def _undisturbed() -> Iterator[None]:
    with alone(), only_one(), cleanup_held():
        _refuse_opened()
        yield


def _refuse_newer(label: str, document: Document) -> None:
    known = MigrationLoader(None).disk_migrations
    for app, last in document.schema.items():
        if (app, last) not in known:
            raise BackupError(
                f"{label} was made by a later studio, {shown(document.studio_version)} ({shown(app)} is at "
                f"{shown(last)}); update the studio first."
            )


def _refuse_disks() -> None:
    """A disk's own folder cannot be renamed."""
    for name in FOLDERS:
        if (place := settings.AUDIO_OUTPUT_DIR / name).is_mount():
            raise BackupError(
                f"{place} is a disk of its own; have the whole AUDIO_OUTPUT_DIR on one disk to restore."
            )


def _refuse_work() -> None:
    """Refuse a studio that somebody has used; the first start alone leaves a database with one person."""
    if work := _work():
        raise BackupError(
            f"This studio is not empty: it holds {work}. Run it again with --replace; that puts what is here "
            "aside, and deletes nothing."
        )


def _work() -> str:
    if not snapshot.database_path().is_file():
        folders = [settings.AUDIO_OUTPUT_DIR / name for name in FOLDERS]
        files = any(path.is_file() for folder in folders for path in folder.rglob("*"))
        return "audio files without a database" if files else ""
    try:
        with snapshot.opened(snapshot.database_path()) as database:
            counts = snapshot.counts_of(database)
    except BackupError:
        return "a database that cannot be read"
    parts = [counted(counts[f"{noun}s"], noun) for noun in _WORK if counts.get(f"{noun}s")]
    if (people := counts.get("users", 0)) > 1:
        parts.append(f"{people} people")
    return listed(parts)


def _refuse_opened() -> None:
    """Raise `BackupError` while anybody has the database open; what its log holds is moved into it."""
    path = snapshot.database_path()
    if not path.is_file():
        return
    try:
        with closing(sqlite3.connect(path, timeout=2)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupError(
                f"Somebody has the database {path} open; stop every command and shell that uses it."
            ) from error
        # It is damaged, which may be why somebody restores.


def _aside() -> Moves:
    """What is here, and where it goes."""
    audio, database = settings.AUDIO_OUTPUT_DIR, snapshot.database_path()
    stamp = f"replaced-{timezone.now().astimezone(UTC):%Y%m%d-%H%M%S}"
    while any((folder / stamp).exists() for folder in (audio, database.parent)):
        stamp += "+"  # the clock was set back
    here = [database.with_name(database.name + suffix) for suffix in snapshot.SUFFIXES]
    here += [audio / name for name in FOLDERS]
    # A link to a disk that is gone is in the way too.
    return [(path, path.parent / stamp / path.name) for path in here if os.path.lexists(path)]
