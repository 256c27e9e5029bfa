"""Files without rows, and rows without files."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jobs.models import Job, Status
from packs.installer.words import counted
from packs.models import Build
from sounds import store
from sounds.models import AudioFile, Sound
from sounds.sweep import beginning, find_orphans, told_of
from studio.cleanup.kept import unneeded
from studio.cleanup.report import Report, Tell, some
from studio.cleanup.takes import let_go, remove

SETTLED = timedelta(hours=1)
"""What is younger may be about to get its row, or its files: nothing takes longer in between."""


def remove_folders(report: Report, tell: Tell) -> None:
    """Remove folders of sounds that nobody owns, of killed workers or after a power cut."""
    folders, strange = find_orphans()
    if strange:
        report.remarks.append(told_of(strange))
    bytes_ = sum(path.lstat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    if not report.dry_run:
        remove(report, folders)
    if store.is_shared():
        bytes_ += _remove_from_store(report)
    report.add(
        "one folder that belonged to no sound", "{} folders that belonged to no sound", len(folders), bytes_
    )


def remove_zips(report: Report, tell: Tell) -> None:
    """Remove zips of packs that are of no build."""
    began, before = beginning(), timezone.now() - SETTLED
    listed = store.listing("releases/")
    zips = {key: size for key, size, at in listed if key.endswith(".zip") and began < at < before}
    orphans = {key: zips[key] for key in zips.keys() - set(Build.objects.values_list("zip_path", flat=True))}
    gone = []
    for key in orphans:
        path = settings.AUDIO_OUTPUT_DIR / key
        try:
            if not report.dry_run:
                store.discard(path)
        except OSError as error:
            report.fail(path, error)
        else:
            gone.append(orphans[key])
    report.add("one zip that was of no build", "{} zips that were of no build", len(gone), sum(gone))


def mark_missing(report: Report, tell: Tell) -> None:
    """Have pages say of takes that their files are gone, where nobody needs them; name those that are needed.

    Where most are missing, their disk is: then nothing is marked, as they come back with it.
    """
    masters = AudioFile.objects.filter(
        role=AudioFile.Role.MASTER, sound__cleaned_at=None, sound__created_at__lt=timezone.now() - SETTLED
    )
    places = dict(masters.order_by("sound").values_list("sound", "path"))
    there = {key for key, _, _ in store.listing("generated/")}
    missing = [pk for pk, path in places.items() if path not in there]
    if not missing:
        return
    if 2 * len(missing) > len(places) > 1:
        report.remarks.append(
            f"The files of {len(missing):,} of {len(places):,} sounds are missing: is the disk with "
            f"{settings.AUDIO_OUTPUT_DIR} there? If they are lost, restore a backup."
        )
        return
    marked, _ = let_go(report, tell, missing, unneeded())
    if marked:
        report.remarks.append(
            f"The files of {counted(marked, 'take')} that nobody kept were missing; pages say so."
        )
    if needed := Sound.objects.filter(pk__in=missing, cleaned_at=None).order_by("pk"):
        names = [f"“{sound}” ({sound.uuid})" for sound in needed]
        report.remarks.append(
            f"The files of {counted(len(names), 'sound')} that somebody keeps are missing: {some(names)}. "
            "Restore a backup, or make them again and choose what is new."
        )


def _remove_from_store(report: Report) -> int:
    """Remove from a shared store what belongs to no sound and to no running job; the bytes."""
    began, before = beginning(), timezone.now() - SETTLED
    listed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for key, size, at in store.listing("generated/"):
        parts = Path(key).parts
        if began < at < before and len(parts) == 4 and store.is_a_uuid(parts[2]):
            listed[parts[2]].append((key, size))
    running = Job.objects.filter(status=Status.RUNNING).values_list("attempt_uuid", flat=True)
    owned = {str(one) for one in running}  # before the sounds: a job that ends in between is among those
    owned |= {str(one) for one in Sound.objects.filter(cleaned_at=None).values_list("uuid", flat=True)}
    orphans = [file for name in listed.keys() - owned for file in listed[name]]
    if orphans and not report.dry_run:
        store.discard(*(settings.AUDIO_OUTPUT_DIR / key for key, _ in orphans))
    return sum(size for _, size in orphans)
