from __future__ import annotations

import json
import logging
import shutil
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from studio.doctor.examine import examine
from studio.doctor.finding import State
from studio.doctor.screen import screen


class Command(BaseCommand):
    help = "Look the studio over: what is well, what is not, and what to do. Changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print what was found as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable()  # what libraries would log is a finding here
        findings = examine()
        is_well = all(one.state is not State.FAIL for one in findings)
        if options["json"]:
            checks = [asdict(one) for one in findings]
            self.stdout.write(json.dumps({"ok": is_well, "checks": checks}, indent=2, ensure_ascii=False))
        else:
            columns = shutil.get_terminal_size((100, 24)).columns
            encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
            self.stdout.write(screen(findings, self.style, columns=columns, encoding=encoding))
        if not is_well:
            sys.exit(1)
