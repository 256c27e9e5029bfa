from __future__ import annotations

import getpass
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ccbell_site.database import explain
from ccbell_site.terminal import ProgressBar
from jobs import worker
from jobs.models import Job, Status
from jobs.run import finish, perform
from sounds.install import claim, new_job
from sounds.weights import token
from sounds.weights.catalogue import Model, model_of
from sounds.weights.errors import WeightsError
from sounds.weights.overview import farewell, overview

LOOK_EVERY_S = 0.2
TOKENS = "https://huggingface.co/settings/tokens"


class Command(BaseCommand):
    help = "Install the model of an engine: from the Hugging Face hub, or from files that are there already."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "model", nargs="?", default="", help="the engine's id, such as stable-audio-open-small"
        )
        parser.add_argument(
            "--from", dest="source", type=Path, metavar="DIR", help="adopt the files in this folder"
        )
        parser.add_argument("--token-file", type=Path, metavar="FILE", help="file that holds your token")
        parser.add_argument("--yes", action="store_true", help="accept the licence without being asked")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        for wish in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal is a Ctrl-C too
            signal.signal(wish, signal.default_int_handler)
        try:
            self._install(options)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error
        except (KeyboardInterrupt, EOFError):
            self.stderr.write("\nStopped. What was loaded is kept; the same command goes on from there.")
            sys.exit(130)
        finally:
            worker.give_up()

    def _install(self, options: dict[str, Any]) -> None:
        model = model_of(options["model"])
        model.require_packages()
        source = _resolved(options["source"])
        Job.objects.exists()  # before anybody is asked anything: without a database nothing will come of it
        if options["token_file"]:
            token.use(token.read(options["token_file"].expanduser()))
        if model.missing():
            if not options["json"]:
                self.stdout.write(overview(model, source))
            _accept(model, options["yes"])
            _have_token(model, source)
        result = _do(model, source)
        self.stdout.write(
            json.dumps(result, indent=2) if options["json"] else farewell(model, result, source)
        )


def _resolved(source: Path | None) -> Path | None:
    try:
        return source.expanduser().resolve() if source else None
    except (OSError, RuntimeError) as error:  # links that lead round in a circle, a home nobody has
        raise WeightsError(f"{source} leads nowhere; name a folder.") from error


def _accept(model: Model, yes: bool) -> None:
    """Have the licence accepted, once and by a person."""
    licence = model.repositories[0].licence
    if yes:
        return
    if not sys.stdin.isatty():
        raise WeightsError(f"Say --yes if you accept the {licence}; nobody is here to be asked.")
    if input(f"Do you accept the {licence}? [y/N] ").strip().lower() not in ("y", "yes"):
        raise WeightsError("Nothing was installed.")


def _have_token(model: Model, source: Path | None) -> None:
    """Ask for a token where one is needed and none is to be found; it stays in this process."""
    if source or token.is_at_hand() or not any(one.gated for one in model.missing()):
        return
    if not sys.stdin.isatty():
        raise WeightsError(
            f"{model.title} needs a token; make one at {TOKENS} and give it by HF_TOKEN or --token-file."
        )
    token.use(getpass.getpass(f"Token (from {TOKENS}, not shown): "))


def _do(model: Model, source: Path | None) -> dict[str, Any]:
    """Do the installing job in this process, which alone has the token, and show how far it is."""
    with ProgressBar("Installing") as bar:
        while (job := claim(new_job(model, source))) is None:
            bar.show(0, "waiting for another download")
            time.sleep(LOOK_EVERY_S)
        batch = job.batch
        assert batch
        try:
            perform(job, tick=lambda: bar.show(job.progress, job.message))
            finish(batch, tick=lambda: None)  # nothing is left to do, unless it was interrupted
        except KeyboardInterrupt:
            batch.cancel()
            raise
    job.refresh_from_db()
    if job.status != Status.SUCCEEDED:
        raise WeightsError(job.error or "The installation was cancelled; run it again to go on.")
    return job.result
