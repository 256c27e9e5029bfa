"""From command to pack: process start, 15 sounds, WAV and MP3, zip and validation"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from tests.support.studio import Studio

THEMES = ("sci-fi", "retro-8bit", "nature", "minimal", "mechanical", "ambient", "jazz")


def measure() -> Iterator[Figure]:
    seconds = []
    zips = set()
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            studio = prepared(Path(folder))
            begun = time.perf_counter()
            made = generate(studio, "sci-fi")
            seconds.append(time.perf_counter() - begun)
            zips.add(made["content_sha256"])
    yield Figure(
        name="generate_pack sci-fi, 15 hooks, median of 5", value=median(seconds), target=3, unit="s"
    )
    yield Figure(name="different contents in 5 studios", value=len(zips), target=1, sense="=", digits=0)
    with tempfile.TemporaryDirectory() as folder:
        studio = prepared(Path(folder))
        packs = [generate(studio, theme) for theme in THEMES]
        again = generate(studio, "sci-fi")
    yield Figure(
        name="packs of the seven themes that are Gold", value=count(packs, "gate", "gold"), target=7,
        sense="=", digits=0,
    )  # fmt: skip
    yield Figure(
        name="packs of the seven themes with our badge", value=count(packs, "badge", True), target=7,
        sense="=", digits=0,
    )  # fmt: skip
    same = again["sha256"] == packs[0]["sha256"]
    yield Figure(name="a second call gives the same zip", value=same, target=1, sense="=", digits=0)


def prepared(folder: Path) -> Studio:
    studio = Studio(folder)
    studio.manage("prepare")
    return studio


def generate(studio: Studio, theme: str) -> dict:
    return json.loads(
        studio.manage("generate_pack", theme, "--json", "--out", str(studio.data / "dist")).stdout
    )


def count(packs: list[dict], key: str, wanted: object) -> int:
    return sum(pack[key] == wanted for pack in packs)
