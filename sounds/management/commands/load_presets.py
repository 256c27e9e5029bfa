from typing import Any

from django.core.management.base import BaseCommand

from sounds.load_presets import load_presets


class Command(BaseCommand):
    help = "Load the themes, variations and hooks that ship with the studio; edits of yours are kept."

    def handle(self, *args: Any, **options: Any) -> None:
        hooks, themes, variations = load_presets()
        self.stdout.write(f"Presets: {hooks} hooks, {themes} themes, {variations} variations.")
