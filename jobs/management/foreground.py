"""Commands that run until they are told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jobs.orphans import leave_with_parent


class ForegroundCommand(BaseCommand):
    """Runs `serve` in the foreground, and with ``--parent`` no longer than who started it."""

    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--parent", type=int, metavar="PID", help="end when this starting process ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["parent"]:
            leave_with_parent(options["parent"])
        self.serve()

    def serve(self) -> None:
        raise NotImplementedError
