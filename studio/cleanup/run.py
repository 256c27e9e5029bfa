"""A whole clean-up, step by step: each is of use by itself, so it may end after any of them."""

from __future__ import annotations

from functools import partial

from sounds.errors import StoreError
from studio.cleanup.orphans import mark_missing, remove_folders, remove_zips
from studio.cleanup.records import delete_events, delete_jobs, delete_sessions, delete_tasks
from studio.cleanup.report import Report, Tell
from studio.cleanup.takes import remove_outlived
from studio.cleanup.temporary import remove_downloads, remove_temporary
from studio.hold import cleaning

# First what frees room without a word to the database, which can write none while the disk is full.
STEPS = (
    (5, "temporary files", remove_temporary),
    (1, "downloads", remove_downloads),
    (50, "takes", remove_outlived),
    (10, "folders without rows", remove_folders),
    (1, "zips without rows", remove_zips),
    (5, "rows without files", mark_missing),
    (15, "events", delete_events),
    (10, "jobs", delete_jobs),
    (2, "wake-ups", delete_tasks),
    (1, "sign-ins", delete_sessions),
)
"""For each its share of the work, out of a hundred, for whoever watches; what it is about; what it does."""


def run(*, dry_run: bool = False, tell: Tell = lambda fraction, message: None) -> Report:
    """Clean up, or with `dry_run` only look what there is to; `tell` is told how far it is.

    Raises
    ------
    studio.hold.Held
        While another clean-up runs, or a backup.
    """
    report = Report(dry_run)
    done = 0
    with cleaning():
        for share, name, step in STEPS:
            tell(done / 100, name)
            try:
                step(report, partial(_within, tell, done, share))
            except StoreError as error:
                report.failures.append(f"Not all {name} were looked at: {error}")
            except OSError as error:
                report.failures.append(f"Not all {name} were looked at: {error.filename}: {error.strerror}.")
            done += share
    return report


def _within(tell: Tell, done: int, share: int, fraction: float, message: str) -> None:
    tell((done + share * fraction) / 100, message)
