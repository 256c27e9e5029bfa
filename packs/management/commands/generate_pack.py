from __future__ import annotations

from pathlib import Path
from typing import Any

from jobs import lanes
from jobs.models import Batch, Job, Status
from packs.errors import BuildError
from packs.generate import Plan, submit_build
from packs.handoff import as_json, as_text, deliver, writable
from packs.management.working import WorkingCommand, why
from packs.models import Build
from packs.recipe import Recipe
from sounds import hosts
from sounds.prompts.words import read_prompt

MOST_WORDS = 20


class Command(WorkingCommand):
    help = "Generate every sound of a theme and build an installable pack of them."

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

    def work(self, options: dict[str, Any]) -> None:
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
        jobs = self.finish(batch, label)
        if bad := [job for job in jobs if job.status != Status.SUCCEEDED]:
            raise BuildError(why(bad))
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
