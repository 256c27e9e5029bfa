"""Commands that run until they are told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jobs.orphans import leave_with_parent


class ForegroundCommand(BaseCommand):
    """Runs `serve` in the foreground, and with ``--with-parent`` no longer than who started it."""

    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["with_parent"]:
            leave_with_parent()
        self.serve()

    def serve(self) -> None:
        raise NotImplementedError
