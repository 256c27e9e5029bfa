import sys

from django.apps import AppConfig

from studio.backup import swap
from studio.backup.errors import BackupError


class StudioConfig(AppConfig):
    """The pages people use."""

    name = "studio"

    def ready(self) -> None:
        from studio import handlers  # noqa: F401  (registers them)

        # Before anybody opens a database that is half of one studio and half of another.
        if not swap.is_begun():
            return
        try:
            swap.finish_interrupted()
        except BackupError as error:
            print(f"Error: {error}", file=sys.stderr)
            sys.exit(2)
