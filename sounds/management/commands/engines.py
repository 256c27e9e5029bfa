from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ccbell_site.database import explain
from ccbell_site.terminal import table
from sounds.engine_status import EngineStatus, engine_statuses, unload
from sounds.engines.registry import EngineError

HEADS = ("engine", "state", "since", "memory", "runs on")


class Command(BaseCommand):
    help = "Show the engines: which can work, which are in memory, and why not; or have one leave memory."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print everything known as JSON")
        verbs = parser.add_subparsers(dest="verb")
        leaving = verbs.add_parser("unload", help="have an engine leave memory once it is idle")
        leaving.add_argument("engine", help="id of an engine")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error

    def _handle(self, options: dict[str, Any]) -> None:
        if options["verb"] == "unload":
            try:
                self.stdout.write(unload(options["engine"]))
            except EngineError as error:
                raise CommandError(str(error), returncode=2) from error
            return
        statuses = engine_statuses()
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in statuses], indent=2, ensure_ascii=False))
            return
        self.stdout.write(table(HEADS, [_row(one) for one in statuses], right=["memory"]))
        for one in statuses:
            self._remark(one)

    def _remark(self, one: EngineStatus) -> None:
        if one.why_not:
            self.stdout.write(f"\n{one.card.id}: {one.why_not}")
        if one.fault:
            self.stdout.write(
                self.style.WARNING(f"\n{one.card.id}, last fault {one.fault_age} ago: {one.fault.sentence}")
            )


def _row(one: EngineStatus) -> list[str]:
    memory = f"{one.memory_bytes / 1e6:,.0f} MB" if one.hosts else ""
    runs_on = ", ".join(one.details[name] for name in ("device", "precision") if name in one.details)
    return [one.card.id, one.state, one.for_how_long, memory, runs_on]
