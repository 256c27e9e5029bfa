"""A hundred thousand sounds and ten thousand waiting jobs: what a page of them costs"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from benchmarks.figures import Figure
from torture import house
from torture.requests import Answer, Caller, percentile
from torture.writers import TOKEN

FILL = """
import random, sys, uuid
from django.db import connection
from jobs.models import Job, NewJob
from sounds.brief import Brief
from sounds.models import AudioFile, Sound

SOUNDS, JOBS = int(sys.argv[1]), int(sys.argv[2])
random.seed(1)
THEMES = ["sci-fi", "retro-8bit", "nature", "minimal", "mechanical", "ambient", "jazz"]
HOOKS = ["task_complete", "tool_error", "idle", "question", "session_start", "api_error"]
ENDS = ("en", "y", "ish", "fold", "less")
WORDS = [f"{stem}{end}" for stem in ("wood", "glass", "metal", "soft", "bright") for end in ENDS]
FILES = [("master", "wav"), ("rendition", "mp3"), ("picture", "json"), ("picture", "png")]

def sound(number):
    hook, theme = random.choice(HOOKS), random.choice(THEMES)
    prompt = " ".join(random.choices(WORDS, k=12)) + (" quetzalcoatl" if number % 5000 == 0 else "")
    brief = Brief(
        engine="procedural", engine_version="1", seed=number, duration_s=1.0, loudness_lufs=-18,
        prompt=prompt, hook=hook, theme=theme, score={"notes": [[0, 0.1, 1, 1]] * 8},
        voice={"layers": ["a"] * 40},
    )
    title = f"{hook} {number}"
    return Sound(
        uuid=uuid.UUID(int=number), brief=brief.as_dict(), fingerprint=f"{number:064x}", title=title,
        hook=hook, theme=theme, engine="procedural", engine_version="1", seed=number,
        duration_s=random.randint(5, 50) / 10, loudness_lufs=-18, intended_lufs=-18, gain_db=0,
        true_peak_dbtp=-3, measures={"x": [1] * 30}, quality=random.choice([100, 100, 100, 90, 80]),
        rank=random.choice([None] * 9 + [1]), licence="CC0-1.0",
        words="\\n".join([title, prompt, hook, theme, "procedural"]),
    )

def files(sound):
    for role, end in FILES:
        path = f"generated/x/{sound.uuid}/sound.{end}"
        yield AudioFile(sound=sound, role=role, format=end, path=path, bytes=1, sha256="0" * 64)

for start in range(0, SOUNDS, 2000):
    made = Sound.objects.bulk_create(sound(n) for n in range(start, min(start + 2000, SOUNDS)))
    AudioFile.objects.bulk_create(file for one in made for file in files(one))
for start in range(0, JOBS, 1000):
    new = NewJob(
        kind="sounds.generate", lane="procedural", label="x", payload={"brief": sound(start).brief}
    )
    Job.objects.submit([new] * min(1000, JOBS), wake=False)
connection.cursor().execute("ANALYZE")
"""
QUERIES = """
import json, sys
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

def queries(url):
    with CaptureQueriesContext(connection) as captured:
        answer = Client(headers={"Authorization": f"Bearer {sys.argv[1]}", "Host": "localhost"}).get(url)
    assert answer.status_code == 200, answer.content
    return len(captured)

queries("/api/queue")
print(json.dumps([queries(f"/api/{what}?limit={n}") for what in ("sounds", "queue") for n in (5, 50)]))
"""
PAGES = {
    "the newest": "",
    "of a theme and hook": "theme=jazz&hook=idle",
    "of a hook, the longest first": "hook=idle&ordering=-duration_s",
    "the best first": "ordering=-quality",
    "the ranked ones": "ordering=rank",
    "between two lengths, by title": "min_duration_s=1&max_duration_s=2&ordering=title",
    "with a word that most have": "search=wooden",
    "with two words and a theme": "search=glassy+metalfold&theme=sci-fi",
    "with a rare word": "search=quetzal",
    "that I like": "favourite=true",
}


def measure(*, sounds: int = 100_000, jobs: int = 10_000, rounds: int = 40) -> Iterator[Figure]:
    with house.fresh() as studio:
        studio.code(FILL, str(sounds), str(jobs))
        token = studio.code(TOKEN).strip()
        few, many, few_jobs, many_jobs = json.loads(studio.code(QUERIES, token))
        studio.open("web")
        caller = Caller(studio.port, token)
        for name, query in PAGES.items():
            answers = asyncio.run(_rounds(caller, f"/api/sounds?{query}", rounds))
            yield Figure(
                name=f"{sounds:,} sounds, {name}, p95", value=percentile(answers, 95), target=50, unit="ms"
            )
        answers = asyncio.run(_walk(caller, "/api/sounds?ordering=-quality&limit=100", rounds))
        yield Figure(
            name="the best first, page after page, p95", value=percentile(answers, 95), target=50, unit="ms"
        )
        answers = asyncio.run(_rounds(caller, "/api/queue", rounds))
        yield Figure(
            name=f"{jobs:,} waiting jobs, /api/queue, p95",
            value=percentile(answers, 95),
            target=20,
            unit="ms",
        )
        answers = asyncio.run(_rounds(caller, f"/api/queue?offset={jobs - 100}", rounds))
        yield Figure(name="the same, last page, p95", value=percentile(answers, 95), target=20, unit="ms")
    yield Figure(name="queries of a page of sounds", value=many, digits=0)
    yield Figure(name="more for 50 than for 5", value=many - few, target=0, sense="=", digits=0)
    yield Figure(name="queries of a page of the queue", value=many_jobs, digits=0)
    yield Figure(
        name="more for 50 jobs than for 5", value=many_jobs - few_jobs, target=0, sense="=", digits=0
    )


async def _rounds(caller: Caller, path: str, rounds: int) -> list[Answer]:
    answers = [await caller.ask("GET", path) for _ in range(rounds + 2)][2:]
    assert all(answer.status == 200 for answer in answers), answers[0].body
    return answers


async def _walk(caller: Caller, path: str, pages: int) -> list[Answer]:
    answers: list[Answer] = []
    next_: str | None = path
    while next_ and len(answers) < pages:
        answers.append(await caller.ask("GET", next_))
        next_ = (answers[-1].json()["next"] or "").removeprefix("http://localhost") or None
    return answers
