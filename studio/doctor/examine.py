"""All areas at once, each in a thread of its own, and none for longer than a person waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import DatabaseError, connections

from packs.archive import printable
from packs.installer.words import listed
from releases.faults import without_token
from studio.doctor import backups, database, engines, files, github, network, queue, system
from studio.doctor.finding import Check, Finding, note, warn
from studio.doctor.reading import only_reading

WITHIN_S = 7.0
AREAS: Mapping[str, Sequence[Check]] = {
    "studio": system.CHECKS,
    "database": database.CHECKS,
    "files": files.CHECKS,
    "queue": queue.CHECKS,
    "engines": engines.CHECKS,
    "network": network.CHECKS,
    "GitHub": github.CHECKS,
    "backup": backups.CHECKS,
}


def examine(areas: Mapping[str, Sequence[Check]] = AREAS, within_s: float = WITHIN_S) -> list[Finding]:
    """Look at everything; what cannot be looked at, or takes too long, is a finding too."""
    until = time.monotonic() + within_s
    with only_reading():
        looks = [_Look(area, checks) for area, checks in areas.items()]
        for look in looks:
            look.start()
        for look in looks:
            look.join(max(until - time.monotonic(), 0))
        return [_in_place(found, look.name) for look in looks for found in look.result(within_s)]


def _in_place(found: Finding, area: str) -> Finding:
    """One line each, with spaces that are spaces."""
    return replace(found, area=area, fact=" ".join(found.fact.split()), todo=" ".join(found.todo.split()))


class _Look(threading.Thread):
    """The checks of one area, one after the other; a thread that hangs keeps nobody from leaving."""

    def __init__(self, area: str, checks: Sequence[Check]) -> None:
        super().__init__(name=area, daemon=True)
        self._checks = checks
        self._at = ""
        self._found: list[Finding] = []
        self._unknown: list[str] = []

    def run(self) -> None:
        try:
            for check in self._checks:
                self._at = check.__name__.replace("_", " ")
                self._ask(check)
            self._at = ""
            if self._unknown:
                fact = f"{listed(self._unknown)}: not known while the database is not in order"
                self._found.append(note("unknown", fact))
        finally:
            connections.close_all()

    def result(self, within_s: float) -> list[Finding]:
        """What was found until now."""
        late = warn(
            self._at,
            f"did not come to an end within {within_s:.0f} s",
            "look whether a disk or a server hangs, and ask again",
        )
        return [*self._found, *([late] if self.is_alive() else [])]

    def _ask(self, check: Check) -> None:
        try:
            for found in check():
                self._found.append(found)
        except DatabaseError:  # which is a finding of its own
            self._unknown.append(self._at)
        except Exception as error:
            said = printable(without_token(f"{type(error).__name__}: {error}"), 160)
            self._found.append(
                warn(self._at, f"cannot be looked at ({said})", "see whether that is its place")
            )
