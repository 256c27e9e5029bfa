"""Commands that have sounds made and packs built, and do that work themselves."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ccbell_site.database import explain
from ccbell_site.terminal import ProgressBar
from jobs import lanes, worker
from jobs.errors import JobFailed
from jobs.models import ENDED, Batch, Job, Status
from jobs.run import finish
from sounds import hosts


class WorkingCommand(BaseCommand):
    """Does `work`; a mistake is one sentence and exit code 2, and Ctrl-C loses nothing that is finished."""

    requires_system_checks = []
    stopped = "Stopped. What was finished is kept; the same command goes on from there."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        # Every Django command has a --version that prints Django's; these may have one for the pack's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        for wish in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal is a Ctrl-C too
            signal.signal(wish, signal.default_int_handler)
        try:
            self.work(options)
        except (ValueError, JobFailed) as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'}: {error.strerror}.", returncode=2) from error
        except KeyboardInterrupt:
            self.stderr.write(f"\n{self.stopped}")
            sys.exit(130)
        finally:
            hosts.close_all()
            lanes.release()
            worker.give_up()

    def work(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def finish(self, batch: Batch, label: str) -> list[Job]:
        """Do the jobs of a batch, and those that join it meanwhile, under a progress bar."""
        try:
            with ProgressBar(label) as bar:
                finish(batch, tick=lambda: bar.show(*_standing(batch)))
        except KeyboardInterrupt:
            batch.cancel()
            raise
        return list(batch.jobs.order_by("id"))


def why(jobs: list[Job]) -> str:
    """Each reason once, with the sounds it kept from being made where there are several."""
    labels: dict[str, list[str]] = {}
    for job in jobs:
        labels.setdefault(job.error or "It was cancelled; run the command again.", []).append(job.label)
    if len(jobs) == 1:
        return next(iter(labels))
    return "\n".join(f"{reason} ({', '.join(names)})" for reason, names in labels.items())


def _standing(batch: Batch) -> tuple[float, str]:
    """How far a batch is, and what happens in it right now."""
    total, done = batch.jobs.count(), batch.jobs.filter(status__in=ENDED).count()
    running = batch.jobs.filter(status=Status.RUNNING, progress__gt=0).order_by("id")
    now = list(running.values_list("progress", "message"))
    fraction = (done + sum(progress for progress, _ in now)) / (total or 1)
    message = now[0][1] if now else _why_waiting()
    return fraction, f"{done} of {total}  {message}" if total > 1 else message


def _why_waiting() -> str:
    return "waiting for another process to be done with the model" if lanes.kept_by_others() else ""
