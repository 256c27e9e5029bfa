from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from packs.report import Level, Report
from packs.validate import validate

INVALID = 2


class Command(BaseCommand):
    help = "Judge a sound pack, ours or anybody's, by the rules of ccbell, CESP players and our own badge."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path, help="a pack, zipped or as a folder")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not (path.is_file() or path.is_dir()):
            raise CommandError(f"There is no file or folder {path}.", returncode=INVALID)
        report = validate(path)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        else:
            self._say(report)
        if not report.valid:
            sys.exit(INVALID)

    def _say(self, report: Report) -> None:
        styles: dict[Level, Callable[[str], str]] = {
            Level.ERROR: self.style.ERROR,
            Level.WARNING: self.style.WARNING,
            Level.NOTE: str,
        }
        worst_first = sorted(report.findings, key=lambda finding: list(Level).index(finding.level))
        for finding in worst_first:
            is_named = not finding.where or finding.sentence.startswith(finding.where)
            where = "" if is_named else f"{finding.where}: "
            self.stdout.write(styles[finding.level](f"{finding.level:<8} {where}{finding.sentence}"))
        coverage = ", ".join(f"{name} {has}/{of}" for name, (has, of) in report.coverage.items())
        version = f" {report.version}" if report.version else ""
        verdict = "valid" if report.valid else "not valid"
        badge = "yes" if report.badge else "no"
        self.stdout.write(
            "; ".join(
                part
                for part in (
                    f"{report.name}{version}: {verdict}",
                    f"registry gate {report.gate}",
                    f"our badge {badge}",
                    coverage,
                )
                if part
            )
        )
