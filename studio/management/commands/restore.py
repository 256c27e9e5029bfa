from __future__ import annotations

from pathlib import Path
from typing import Any

from ccbell_site.terminal import ProgressBar
from packs.installer.words import counted, listed, printable
from packs.management.working import WorkingCommand
from studio.backup.document import Document
from studio.backup.restore import Restored, check, restore


class Command(WorkingCommand):
    help = "Make this the studio that a backup holds; the studio must not run meanwhile."
    stopped = "Stopped; the studio is as it was."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="what manage.py backup made")
        parser.add_argument(
            "--check", action="store_true", help="only read it from end to end, and change nothing"
        )
        parser.add_argument(
            "--replace", action="store_true", help="put aside what this studio holds; nothing is deleted"
        )

    def work(self, options: dict[str, Any]) -> None:
        path = options["file"]
        with ProgressBar("Checking" if options["check"] else "Restoring") as bar:
            if options["check"]:
                told = f"{path} is whole and can be restored here: {_held(check(path, tick=bar.show))}"
            else:
                told = _as_text(restore(path, replace=options["replace"], tick=bar.show))
        self.stdout.write(told)


def _held(document: Document) -> str:
    holds = [counted(document.counts.get(f"{noun}s", 0), noun) for noun in ("sound", "pack", "build")]
    whence = f"of {printable(document.created_at)}, by studio {printable(document.studio_version)}"
    return f"{listed(holds)}, {whence}."


def _as_text(restored: Restored) -> str:
    document = restored.document
    lines = [f"Restored {_held(document)}"]
    if restored.was_older:
        lines.append("Its database was brought up to date.")
    if document.missing or document.damaged:
        amiss = counted(len(document.missing) + len(document.damaged), "file")
        lines.append(f"Amiss already when it was made: {amiss}; backup.json in it lists them.")
    if restored.aside:
        places = listed([str(place) for place in restored.aside])
        lines.append(f"What was here before lies in {places}; delete it when you need it no more.")
    return "\n".join([*lines, "People sign in again; tokens go on working. Start the studio: make run"])
