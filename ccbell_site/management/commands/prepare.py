from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User
from ccbell_site.database import explain
from sounds.load_presets import load_presets


class Command(BaseCommand):
    help = "Bring the database up to date and load the presets; safe to run at every start."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--admin", action="store_true", help="make the first administrator, and print the password once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
            load_presets()
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error
        if options["admin"] and (created := User.create_first_admin()):
            user, password = created
            self.stdout.write(
                f"\n  First start: sign in as “{user.username}” with the password  {password}\n"
                "  It is shown this once; change it in the admin under Users.\n\n"
            )
