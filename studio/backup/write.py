"""Write a backup: the database first, then the files that it names, into one file that is read again."""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jobs.presence import Presence
from studio.backup import place, snapshot
from studio.backup.document import DATABASE, DOCUMENT, Document, Member
from studio.backup.errors import BackupError
from studio.backup.files import Files
from studio.backup.place import megabytes
from studio.backup.read import Tick, open_backup
from studio.hold import cleanup_held

_SMALLER = zipfile.ZIP_DEFLATED, 1
"""For the database: it shrinks to a quarter, and to no less by the slowest level."""
_COPIED = 0.6
"""So far it is when everything is written and not yet read again."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was written; its document says also what was amiss with the studio's own files."""

    path: Path
    bytes: int
    document: Document


def back_up(target: Path | None = None, *, tick: Tick = lambda fraction, message: None) -> Report:
    """Back the studio up while it works: to a file, or into a folder under a name of its own.

    Nothing is cleaned up meanwhile. What the backup holds was read again and compared when this returns.

    Raises
    ------
    BackupError
        When it cannot be made: in one sentence, with nothing left behind.
    """
    snapshot.refuse_elsewhere()
    moment = timezone.now()
    path = place.place_for(target, moment)
    copy = settings.DATA_DIR / "backup.sqlite3"
    with only_one(), cleanup_held():
        try:
            return _write(path, copy, moment, tick)
        finally:
            snapshot.remove(copy)


def only_one() -> contextlib.AbstractContextManager[Presence]:
    """Make, or restore, one backup at a time; raises `BackupError` while another process does."""
    try:
        return contextlib.closing(Presence(settings.RUN_DIR, "backup"))
    except FileExistsError as error:
        raise BackupError("Another backup of this studio is being made or restored; let it end.") from error


def _write(path: Path, copy: Path, moment: datetime, tick: Tick) -> Report:
    tick(0, "database")
    place.refuse_full({settings.DATA_DIR: snapshot.studio_bytes()}, "make room")
    snapshot.copy_database(copy)
    with snapshot.opened(copy) as database:
        named = snapshot.files_of(database)
        schema, counts = snapshot.schema_of(database), snapshot.counts_of(database)
        damaged = snapshot.lost_references(database)
    total = copy.stat().st_size + sum(one.bytes for one in named)
    place.refuse_full({path.parent: total}, "make room, or name a folder on another disk")
    place.sweep_partials(path.parent)
    with place.written(path) as file:
        with zipfile.ZipFile(file, "w") as archive:
            member = _add_database(archive, copy)
            files = Files(archive, moment)
            files.add(named, lambda done: tick(_COPIED * done / total, megabytes(done)))
            document = Document(
                studio_version=settings.VERSION,
                created_at=f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                schema=schema,
                counts=counts,
                database=member,
                files=files.kept,
                missing=files.missing,
                damaged=[*damaged, *files.damaged],
            )
            archive.writestr(DOCUMENT, document.write(), *_SMALLER)
        file.flush()
        with open_backup(Path(file.name), label=path.name) as backup:
            backup.verify(lambda fraction, _: tick(_COPIED + (1 - _COPIED) * fraction, "reading it again"))
    return Report(path, path.stat().st_size, document)


def _add_database(archive: zipfile.ZipFile, path: Path) -> Member:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    archive.write(path, DATABASE, *_SMALLER)
    return Member(DATABASE, path.stat().st_size, sha256)
