from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Scope, Token, User


class Command(BaseCommand):
    help = "Make a token with which a program signs in as a user; it is printed once and kept only as a hash."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", help="whose token it is")
        parser.add_argument("--name", default="made by command", help="what it is for")
        parser.add_argument(
            "--scope", default=str(Scope.GENERATE), help=f"{', '.join(Scope.values)} (default: generate)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scope"] not in Scope.values:
            raise CommandError(
                f"There is no scope “{options['scope']}”; choose one of: {', '.join(Scope.values)}.",
                returncode=2,
            )
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            known = ", ".join(User.objects.order_by("username").values_list("username", flat=True)[:20])
            raise CommandError(
                f"There is no user “{options['username']}”; choose one of: {known or 'none'}.", returncode=2
            )
        _, text = Token.objects.issue(user, name=options["name"], scope=Scope(options["scope"]))
        self.stdout.write(text)
