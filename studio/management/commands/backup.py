from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from ccbell_site.terminal import ProgressBar
from packs.installer.words import counted, listed
from packs.management.working import WorkingCommand
from studio.backup.place import megabytes, prune
from studio.backup.write import Report, back_up

NOT_ALL = 1
MOST_TOLD = 10


class Command(WorkingCommand):
    help = "Back up the studio into one file while it works: its database, sounds and builds."
    stopped = "Stopped; there is no backup, and nothing is left of it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "target",
            nargs="?",
            type=Path,
            help="a file, or a folder for one that is named after the moment (default: DATA_DIR/backups)",
        )
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="of the backups in the folder keep the N latest, this one included",
        )

    def work(self, options: dict[str, Any]) -> None:
        target, keep = options["target"], options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep must be 1 or more; the backup that is made now is one.", returncode=2)
        if keep and target and target.suffix.lower() == ".zip" and not target.is_dir():
            raise CommandError("--keep looks after the backups in a folder; name the folder.", returncode=2)
        with ProgressBar("Backing up") as bar:
            report = back_up(target, tick=bar.show)
        self.stdout.write(_as_text(report))
        damaged = report.document.damaged
        if keep and not damaged and (gone := prune(report.path, keep)):
            self.stdout.write(f"Removed {counted(len(gone), 'older backup')}.")
        if damaged:
            self.stderr.write(self.style.ERROR(_told(damaged, kept=bool(keep))))
            sys.exit(NOT_ALL)


def _as_text(report: Report) -> str:
    document = report.document
    holds = [counted(document.counts.get(f"{noun}s", 0), noun) for noun in ("sound", "pack", "build")]
    lines = [f"{report.path}  ({megabytes(report.bytes)}: {listed(holds)}; read again and found whole)"]
    if missing := document.missing:
        gone = counted(len(missing), "file")
        lines.append(
            f"Without {gone} that the database names and that {_are(missing)} gone: {_some(missing)}."
        )
    return "\n".join(lines)


def _told(damaged: list[str], *, kept: bool) -> str:
    more = len(damaged) - MOST_TOLD
    return "\n  ".join(
        [
            "Not all of the studio's own files are in order; the backup holds them as they are:",
            *damaged[:MOST_TOLD],
            *([f"… and {more} more; its backup.json lists them"] if more > 0 else []),
            *(["No older backup is removed: one of them may hold what was made."] if kept else []),
        ]
    )


def _are(things: list[str]) -> str:
    return "is" if len(things) == 1 else "are"


def _some(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else f"such as {paths[0]}; its backup.json lists them"
