"""Removing what was to be there for a moment, and outlived whoever needed it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from jobs import presence
from jobs.models import Job
from sounds import store
from sounds.weights.store import PARTIAL
from studio.cleanup.report import Report, Tell

USUAL_HOURS = 24
"""Where takes keep their files for ever: nobody comes back for these."""
LEAST_HOURS = 1
"""What is younger somebody may still be writing."""
HALF_WRITTEN = ("generated/??/*/.*.tmp", "releases/.*.tmp")
"""What `sounds.audio.atomic` and `packs.zipping` write before it gets its name."""
DOWNLOADS = timedelta(days=7)
"""For so long the part of a model that arrived waits for its download to go on."""


def remove_temporary(report: Report, tell: Tell) -> None:
    """Remove files below ``temp`` that no job waits for, and half-written ones of whoever was killed."""
    hours = max(settings.AUDIO_RETENTION_HOURS or USUAL_HOURS, LEAST_HOURS)
    since = timezone.now() - timedelta(hours=hours)
    found = dict(_files("temp/", since))
    needed = _needed(since)
    stale = {
        settings.AUDIO_OUTPUT_DIR / key: size
        for key, size in found.items()
        if needed.isdisjoint((PurePosixPath(key).name, PurePosixPath(key).stem))
    }
    stale |= dict(_old(settings.AUDIO_OUTPUT_DIR, HALF_WRITTEN, since))
    _remove(report, stale, store.discard, "one temporary file", "{} temporary files")
    if not report.dry_run:
        _remove_empty(settings.AUDIO_OUTPUT_DIR / "temp", since, {path.parent for path in stale})
        _remove_locks()


def remove_downloads(report: Report, tell: Tell) -> None:
    """Remove parts of models whose download nobody took up again."""
    partial = dict(_old(settings.MODEL_CACHE_DIR, (f"*/blobs/*{PARTIAL}",), timezone.now() - DOWNLOADS))
    one, many = "one broken-off download of a model", "{} broken-off downloads of models"
    _remove(report, partial, Path.unlink, one, many)


def _needed(since: datetime) -> set[str]:
    """Names of uploads, and stems of other files, that jobs wait for or may be retried with."""
    retryable = Job.objects.ended_badly().filter(finished_at__gte=since)
    jobs = Job.objects.filter(
        Q(pk__in=Job.objects.unfinished().values("pk")) | Q(pk__in=retryable.values("pk"))
    )
    rows = jobs.order_by().values_list("payload__file", "attempt_uuid")
    return {str(name) for row in rows for name in row if name}


def _files(prefix: str, since: datetime) -> Iterator[tuple[str, int]]:
    """Key and bytes of files that nobody wrote to since then, in a shared store and on this disk."""
    if store.is_shared():
        yield from ((key, size) for key, size, moment in store.listing(prefix) if moment < since)
    root = settings.AUDIO_OUTPUT_DIR
    yield from (
        (path.relative_to(root).as_posix(), size) for path, size in _old(root, [f"{prefix}**/*"], since)
    )


def _old(root: Path, patterns: Iterable[str], since: datetime) -> Iterator[tuple[Path, int]]:
    """Path and bytes of files on this disk that nobody wrote to since then; links are somebody's own."""
    for path in (path for pattern in patterns for path in root.glob(pattern)):
        with contextlib.suppress(FileNotFoundError):  # whoever wrote it is done with it
            stat = path.lstat()
            if S_ISREG(stat.st_mode) and stat.st_mtime < since.timestamp():
                yield path, stat.st_size


def _remove(
    report: Report, files: Mapping[Path, int], verb: Callable[[Path], object], one: str, many: str
) -> None:
    number = bytes_ = 0
    for path, size in files.items():
        try:
            if not report.dry_run:
                verb(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            report.fail(path, error)
        else:
            number, bytes_ = number + 1, bytes_ + size
    report.add(one, many, number, bytes_)


def _remove_empty(temp: Path, since: datetime, emptied: set[Path]) -> None:
    """Remove folders in it that hold nothing, now that their files went or since long ago."""
    for path in sorted(temp.glob("**/*/"), reverse=True):  # those within first
        with contextlib.suppress(OSError):  # it is not empty
            if path != temp / "uploads" and (path in emptied or path.stat().st_mtime < since.timestamp()):
                path.rmdir()
                emptied.add(path.parent)


def _remove_locks() -> None:
    """Remove locks whose holders are dead."""
    for folder in settings.RUN_DIR.glob("*/"):
        presence.sweep(folder)
