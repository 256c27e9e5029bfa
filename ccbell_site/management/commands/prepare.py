from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User
from ccbell_site.database import alone, explain
from sounds import store
from sounds.errors import StoreError
from sounds.load_presets import load_presets
from studio.cleanup import schedule

PREPARING = 0x63636265_6C6C_02
"""The number of PostgreSQL's advisory lock under which a database is brought up to date."""


class Command(BaseCommand):
    help = (
        "Bring the database up to date, load the presets, schedule the clean-up; safe to run at every start."
    )
    requires_system_checks = []  # they would load every page, and this runs before each start; lint has them

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--admin", action="store_true", help="make the first administrator, and print the password once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        created = None
        try:
            with alone(PREPARING):
                call_command("migrate", verbosity=0, interactive=False)
                load_presets()
                schedule.ensure()
                if options["admin"]:
                    created = User.create_first_admin()
            store.check()
        except StoreError as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error
        if created:
            user, password = created
            self.stdout.write(
                f"\n  First start: sign in as “{user.username}” with the password  {password}\n"
                "  It is shown this once; change it in the admin under Users.\n\n"
            )
