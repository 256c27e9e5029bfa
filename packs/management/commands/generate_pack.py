from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ccbell_site.database import explain
from ccbell_site.terminal import ProgressBar
from jobs import lanes, worker
from jobs.errors import JobFailed
from jobs.models import ENDED, Batch, Job, Status
from jobs.run import finish
from packs.errors import BuildError
from packs.generate import Plan, submit_build
from packs.handoff import as_json, as_text, deliver, writable
from packs.models import Build
from packs.recipe import Recipe
from sounds import hosts
from sounds.prompts.words import read_prompt

MOST_WORDS = 20


class Command(BaseCommand):
    help = "Generate every sound of a theme and build an installable pack of them."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("theme", help="slug of a theme, such as sci-fi")
        parser.add_argument("--variation", default="", help="slug of one of the theme's variations")
        parser.add_argument("--hooks", default="", help="only these hooks, separated by commas")
        parser.add_argument("--engine", default="auto", help="engine to render with (default: auto)")
        parser.add_argument(
            "--quality", default="standard", help="exact, standard or draft, where the engine knows them"
        )
        parser.add_argument("--seed", type=int, help="seed of the first take; else theme and hook decide")
        parser.add_argument("--takes", type=int, default=1, help="takes a hook; the first is chosen")
        parser.add_argument("--prompt", help="words of your own, beside the theme")
        parser.add_argument("--fresh", action="store_true", help="draw new sounds, not those in the library")
        parser.add_argument(
            "--version", dest="pack_version", default="", help="X.Y.Z (default: the next free)"
        )
        parser.add_argument(
            "--formats", default="wav,mp3", help="of wav, mp3, ogg, flac; wav is always there"
        )
        parser.add_argument(
            "--out", type=Path, default=Path("dist"), help="folder for the zip (default: dist)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        # Every Django command has a --version that prints Django's; here it is the pack's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        for wish in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal is a Ctrl-C too
            signal.signal(wish, signal.default_int_handler)
        try:
            self._generate(options)
        except (ValueError, JobFailed) as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            raise CommandError(explain(error), returncode=2) from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'}: {error.strerror}.", returncode=2) from error
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. What was finished is kept; the same command goes on from there.")
            sys.exit(130)
        finally:
            hosts.close_all()
            lanes.release()
            worker.give_up()

    def _generate(self, options: dict[str, Any]) -> None:
        recipe = Recipe.of(
            options["theme"],
            variation=options["variation"],
            hooks=options["hooks"],
            engine=options["engine"],
            quality=options["quality"],
            prompt=options["prompt"],
            seed=options["seed"],
            takes=options["takes"],
            fresh=options["fresh"],
            version=options["pack_version"],
            formats=options["formats"],
        )
        folder = writable(options["out"])
        plan = Plan.of(recipe)
        if plan.missing and lanes.keep(recipe.engine.lane):
            hosts.host_of(recipe.engine.id).start()  # it imports while the jobs are written down
        made = self._finish(plan.submit(wake=False), f"Generating {recipe.slug}")
        plan.choose()
        build = submit_build(
            plan.pack,
            slots=[slot.key for slot in plan.slots],
            version=recipe.version,
            formats=recipe.formats,
            wake=False,
        )
        (built,) = self._finish(build, f"Building {recipe.slug}")
        handed = deliver(Build.objects.select_related("pack").get(pk=built.result["build"]), folder)
        if options["json"]:
            self.stdout.write(as_json(handed))
        else:
            self.stdout.write(_heard(recipe) + as_text(handed) + _noted(recipe, made))

    def _finish(self, batch: Batch, label: str) -> list[Job]:
        total = batch.jobs.count()
        try:
            with ProgressBar(label) as bar:
                finish(batch, tick=lambda: bar.show(*_standing(batch, total)))
        except KeyboardInterrupt:
            batch.cancel()
            raise
        jobs = list(batch.jobs.order_by("id"))
        if bad := [job for job in jobs if job.status != Status.SUCCEEDED]:
            raise BuildError(_why(bad))
        return jobs


def _heard(recipe: Recipe) -> str:
    """What the words of a prompt do where an engine plays by them."""
    if not recipe.prompt or not recipe.engine.capabilities.knobs:
        return ""
    heard = dict(read_prompt(recipe.prompt).explanations)  # a word said twice is explained once
    lines = [f"  “{word}”  {sentence}" for word, sentence in heard.items()]
    if len(lines) > MOST_WORDS:
        lines[MOST_WORDS:] = [f"  … and {len(lines) - MOST_WORDS} more words"]
    return "\n".join(
        ["From your prompt:", *(lines or ["  no word that is known; it seeds the sound"]), "", ""]
    )


def _noted(recipe: Recipe, jobs: list[Job]) -> str:
    """What is to be said of the quality, and what the engine remarked on sounds, each once."""
    remark = recipe.engine.capabilities.quality_remarks.get(recipe.wish.quality, "")
    labels: dict[str, list[str]] = {}
    for job in jobs:
        for note in job.result.get("notes", []):
            labels.setdefault(note, []).append(job.label)
    notes = [f"{note} ({', '.join(names)})" for note, names in labels.items()]
    return "".join(f"\n{line}" for line in ([remark] if remark else []) + notes)


def _standing(batch: Batch, total: int) -> tuple[float, str]:
    """How far a batch is, and what happens in it right now."""
    done = batch.jobs.filter(status__in=ENDED).count()
    running = batch.jobs.filter(status=Status.RUNNING, progress__gt=0).order_by("id")
    now = list(running.values_list("progress", "message"))
    fraction = (done + sum(progress for progress, _ in now)) / (total or 1)
    return fraction, f"{done} of {total}  {now[0][1] if now else _why_waiting()}"


def _why_waiting() -> str:
    return "waiting for another process to be done with the model" if lanes.kept_by_others() else ""


def _why(jobs: list[Job]) -> str:
    """Each reason once, with the sounds it kept from being made."""
    labels: dict[str, list[str]] = {}
    for job in jobs:
        labels.setdefault(job.error or "It was cancelled; run the command again.", []).append(job.label)
    if len(jobs) == 1:
        return next(iter(labels))
    return "\n".join(f"{reason} ({', '.join(names)})" for reason, names in labels.items())
