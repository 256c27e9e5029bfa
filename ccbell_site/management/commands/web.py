from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from jobs.orphans import leave_with_parent


class Command(BaseCommand):
    help = "Run the web server in the foreground until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")

    def handle(self, *args: Any, **options: Any) -> None:
        import uvicorn

        if options["with_parent"]:
            leave_with_parent()
        self.stdout.write(f"The studio is at {settings.PUBLIC_URL}  (Ctrl-C stops it)")
        uvicorn.run(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            host=settings.API_HOST,
            port=settings.API_PORT,
            workers=1,
            lifespan="off",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,  # open streams would hold up Ctrl-C for ever
        )
