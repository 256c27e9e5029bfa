"""Removing the files of takes: the row says that they are gone before they are."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from jobs.checkpoint import checkpoint
from sounds import store
from sounds.models import AudioFile, Sound
from sounds.models.sound import folder_of
from studio.cleanup.kept import AtWork, examples, outlived
from studio.cleanup.report import Report, Tell

TOGETHER = 250
"""Takes that are marked in one transaction: others who write wait no longer than for that."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Takes that let go of their files."""

    folders: Sequence[Path]
    files: Sequence[Path]
    bytes: int


def remove_outlived(report: Report, tell: Tell) -> None:
    """Remove the files of takes that nobody kept for as long as `AUDIO_RETENTION_HOURS` says."""
    if not settings.AUDIO_RETENTION_HOURS:
        return
    among = outlived(timezone.now() - timedelta(hours=settings.AUDIO_RETENTION_HOURS))
    pks = list(among.order_by("pk").values_list("pk", flat=True))
    number, bytes_ = let_go(report, tell, pks, among)
    report.add(
        "the files of one take that nobody kept", "the files of {} takes that nobody kept", number, bytes_
    )


def let_go(report: Report, tell: Tell, pks: Sequence[int], among: QuerySet[Sound]) -> tuple[int, int]:
    """Have takes let go of their files if they are still `among` those that may; how many did, and bytes.

    Each is locked, looked at once more, then marked, so that whoever chooses it in that moment is either
    before that, and it stays, or after, and is told. Its files go when the mark is on the disk: a power cut
    leaves files of a marked take, which are swept, and never a take that only seems to have some.
    """
    number = bytes_ = 0
    heard = examples() if pks else set()
    for begin in range(0, len(pks), TOGETHER):
        tell(begin / len(pks), f"{begin:,} of {len(pks):,} takes")
        with transaction.atomic():
            gone = _mark(pks[begin : begin + TOGETHER], among, heard, dry_run=report.dry_run)
        number, bytes_ = number + len(gone.folders), bytes_ + gone.bytes
        if not report.dry_run:
            remove(report, gone.folders, gone.files)
    return number, bytes_


def _mark(pks: Sequence[int], among: QuerySet[Sound], heard: set[str], *, dry_run: bool) -> Gone:
    rows = Sound.objects.select_for_update(skip_locked=True).filter(pk__in=pks)
    locked = list(rows.order_by("pk").values_list("pk", flat=True))
    at_work = AtWork.now()
    still = among.filter(pk__in=locked).values_list("pk", "uuid", "slot", "fingerprint")
    free = {
        pk: uuid
        for pk, uuid, slot, fingerprint in still
        if not at_work.needs(pk, slot) and fingerprint not in heard
    }
    files = AudioFile.objects.filter(sound__in=list(free))
    gone = Gone(
        [folder_of(uuid) for uuid in free.values()],
        [settings.AUDIO_OUTPUT_DIR / path for path in files.values_list("path", flat=True)],
        files.aggregate(total=Sum("bytes"))["total"] or 0,
    )
    if not dry_run:
        files.delete()
        Sound.objects.filter(pk__in=list(free)).update(cleaned_at=timezone.now())
    return gone


def remove(report: Report, folders: Sequence[Path], files: Sequence[Path] = ()) -> None:
    """Remove folders, and in a shared store their `files`; what stays is named, and the rest goes on."""
    if not connection.in_atomic_block:
        checkpoint()  # it has the disk confirm the log first
    if files and store.is_shared():
        store.discard(*files)
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue  # a worker that started just now swept it
        except OSError as error:
            report.fail(folder, error)
