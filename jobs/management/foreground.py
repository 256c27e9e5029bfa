"""Commands that run until they are told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from ccbell_site.database import explain
from jobs.duty import OnDuty, on_duty
from jobs.orphans import leave_with_parent


class ForegroundCommand(BaseCommand):
    """Runs `serve` in the foreground, and with ``--parent`` no longer than who started it."""

    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--parent", type=int, metavar="PID", help="end when this starting process ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["parent"]:
            leave_with_parent(options["parent"])
        try:
            with on_duty(type(self).__module__.rpartition(".")[2]):
                self._refuse_strangers()
                self.serve()
        except OnDuty as reason:
            raise CommandError(str(reason), returncode=2) from reason

    def _refuse_strangers(self) -> None:
        """The database has to be there and prepared, and machines on it have to know the same secret."""
        from jobs import machine
        from jobs.models import Machine

        try:
            others = Machine.objects.present().exclude(key_digest=machine.key_digest())
            names = others.values_list("name", flat=True)
            stranger = next((one for one in names if one != machine.name()), None)
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error
        finally:
            connection.close()  # those who serve have their own, and children none of their parent's
        if stranger:
            raise CommandError(
                f"The machine {stranger} works on this database with another SECRET_KEY; set the same one "
                "on all machines.",
                returncode=2,
            )

    def serve(self) -> None:
        raise NotImplementedError
