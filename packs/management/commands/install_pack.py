from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ccbell_site.terminal import python_command
from packs.archive import OpenedPack, PackError, open_pack
from packs.installer.cli import MISTAKE, Wish, add_arguments, fulfil
from packs.installer.errors import InstallError
from packs.installer.places import shown_path
from packs.report import Level
from packs.validate import validate

MOST_ERRORS = 3
RULES = {
    "ccbell": {"archive", "manifest", "ccbell"},
    "cesp": {"archive", "manifest", "cesp"},
    "claude-code": {"archive", "manifest"},
}
"""Whose rules a pack must keep for each player; the registry's gate and our badge are no player's."""


class Command(BaseCommand):
    help = "Install a sound pack, zipped or as a folder, for ccbell, a CESP player or Claude Code alone."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path, help="a pack, zipped or as a folder")
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not (path.is_file() or path.is_dir()):
            raise CommandError(f"There is no file or folder {shown_path(path)}.", returncode=MISTAKE)
        try:
            with open_pack(path) as pack:
                if not options["uninstall"]:
                    self._refuse_invalid(path, options["player"])
                self.stdout.write(self._fulfil(pack, path, options))
        except (PackError, InstallError) as error:
            raise CommandError(str(error), returncode=MISTAKE) from error
        except KeyboardInterrupt:
            self.stderr.write("\nStopped; what was begun is put back.")
            sys.exit(130)

    def _fulfil(self, pack: OpenedPack, path: Path, options: dict[str, Any]) -> str:
        wish = Wish(
            pack.root,
            options["player"],
            options["home"] or "",
            options["dry_run"],
            options["uninstall"],
            options["replace"],
        )
        return fulfil(
            wish,
            again=f"{python_command()} manage.py install_pack {shlex.quote(str(path))}",
            label=pack.label,
        )

    def _refuse_invalid(self, path: Path, player: str) -> None:
        """Refuse a pack by the rules of the player that is to play it, with the first few reasons."""
        errors = [
            finding.sentence
            for finding in validate(path).findings
            if finding.level is Level.ERROR and finding.rules in RULES[player]
        ]
        if errors:
            more = [f"… and {len(errors) - MOST_ERRORS} more; validate_pack lists them."]
            listed = [*errors[:MOST_ERRORS], *(more if len(errors) > MOST_ERRORS else [])]
            raise CommandError(
                "\n  ".join([f"{path.name} is not valid for {player}; nothing was installed:", *listed]),
                returncode=MISTAKE,
            )
