from typing import Any

from django.core.management.base import BaseCommand

from jobs.orphans import leave_with_parent


class Command(BaseCommand):
    help = "Run the workers that do queued jobs, in the foreground, until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")

    def handle(self, *args: Any, **options: Any) -> None:
        from jobs import cluster

        if options["with_parent"]:
            leave_with_parent()
        cluster.run()
