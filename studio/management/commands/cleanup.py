from __future__ import annotations

import json
import sys
from typing import Any

from ccbell_site.terminal import ProgressBar
from packs.management.working import WorkingCommand
from studio import cleanup
from studio.hold import Held


class Command(WorkingCommand):
    help = "Remove the files of takes that nobody kept, and what else nobody needs any more; for cron."
    stopped = "Stopped. What is gone is gone whole; the next clean-up goes on from there."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def work(self, options: dict[str, Any]) -> None:
        try:
            with ProgressBar("Cleaning up") as bar:
                report = cleanup.run(dry_run=options["dry_run"], tell=bar.show)
        except Held as held:  # no fault of anybody's: cron comes again
            self.stderr.write(str(held))
            return
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(report.sentences))
        if report.failures:
            sys.exit(1)
