"""The neural engine: stock stable-audio-tools and ours in turn, full-size model, random weights"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from benchmarks import neural_limit, neural_model
from benchmarks.figures import Figure
from benchmarks.neural_model import brief, call_stock, load_stock

SOUNDS = int(os.environ.get("NEURAL_SOUNDS", 9))
"""``NEURAL_SOUNDS=3`` is a short run."""
QUALITIES = ("exact", "standard", "draft")
FLOOR = {"exact": 2.8, "standard": 9.0, "draft": 24.0}
AIM = {"exact": 3.8, "standard": 15.0, "draft": 40.0}
DRAFT_IN_SINGLE = 10.0


class Nobody:
    """A `Progress` that wants everything and says nothing."""

    def __call__(self, index: int, fraction: float, message: str) -> bool:
        return True

    def wants(self, index: int) -> bool:
        return True

    def step(self, fraction: float, message: str) -> None:
        pass

    def note(self, index: int, sentence: str) -> None:
        raise RuntimeError(sentence)


@dataclass
class Way:
    """One way of making the sounds, with what it took."""

    make: Callable[[list[int]], list[np.ndarray]]
    audio: list[np.ndarray] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def run(self, numbers: list[int]) -> None:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        self.audio += self.make(numbers)
        self.wall_s += time.perf_counter() - begun
        self.cpu_s += time.process_time() - begun_cpu


def measure() -> Iterator[Figure]:
    neural_model.prepare()
    engines = {quality: loaded() for quality in QUALITIES}
    yield from neural_limit.figures()
    yield Figure(
        name="load after imports, warm page cache, median of 5 (aim 0.2)",
        value=median(seconds(loaded) for _ in range(5)), target=0.5, unit="s",
    )  # fmt: skip
    stock = load_stock()
    ways = {quality: Way(partial(ours, engine, quality)) for quality, engine in engines.items()}
    ways["stock"] = Way(lambda numbers: [call_stock(stock, brief(number, "exact")) for number in numbers])
    for way in ways.values():
        way.make([99])  # weights into the precision they are used in, and into memory
    for start in range(0, SOUNDS, 3):
        for way in ways.values():
            way.run(list(range(start, min(start + 3, SOUNDS))))
    for quality in QUALITIES:
        yield from against_stock(quality, ways[quality], ways["stock"])
    yield from alone(engines["exact"], ways["exact"])
    yield from one_sound(engines["standard"], ways["stock"])


def loaded() -> Any:
    from sounds.engines.stable_audio.engine import StableAudioEngine

    engine = StableAudioEngine()
    engine.load(lambda fraction, message: None)
    return engine


def ours(engine: Any, quality: str, numbers: list[int], duration_s: float = 2.0) -> list[np.ndarray]:
    return list(engine.generate([brief(number, quality, duration_s) for number in numbers], Nobody()))


def against_stock(quality: str, way: Way, stock: Way) -> Iterator[Figure]:
    limit = stock.wall_s / SOUNDS / neural_limit.least_seconds(quality)
    told = f"aim {AIM[quality]:g}; compute limit here {limit:.1f}"
    target: float | None = FLOOR[quality]
    if quality != "exact" and not neural_limit.half_is_fast():
        told += f"; floor {target:g} where half precision is fast"
        target = None
    if quality == "draft" and neural_limit.half_against_single() < 1.25:
        target = DRAFT_IN_SINGLE
    for kind, ratio in (("CPU", stock.cpu_s / way.cpu_s), ("wall", stock.wall_s / way.wall_s)):
        yield Figure(
            name=f"{quality} against stock, {SOUNDS} × 2 s, {kind} time ({told})",
            value=ratio, target=target, unit="×", sense="≥",
        )  # fmt: skip
    yield Figure(
        name=f"{quality}, one sound of {SOUNDS}, wall (stock {stock.wall_s / SOUNDS:.1f} s)",
        value=way.wall_s / SOUNDS, unit="s",
    )  # fmt: skip
    if quality == "draft":
        return  # another sample: there is nothing to compare it with
    worst = min(snr_db(a, b) for a, b in zip(stock.audio, way.audio, strict=True))
    yield Figure(
        name=f"{quality} against stock, worst signal-to-noise ratio",
        value=worst, target=snr_floor_db(quality), unit="dB", sense="≥", digits=1,
    )  # fmt: skip


def snr_floor_db(quality: str) -> float:
    if quality == "exact":
        return 100
    found = neural_limit.rates()["linear"]
    return 40 if found.get("fp16", 0) > 1.25 * found["fp32"] else 38


def alone(engine: Any, batch: Way) -> Iterator[Figure]:
    worst = min(snr_db(ours(engine, "exact", [number])[0], batch.audio[number]) for number in range(SOUNDS))
    yield Figure(
        name=f"exact, batch of {SOUNDS} against single calls, worst signal-to-noise ratio",
        value=worst, target=90, unit="dB", sense="≥", digits=1,
    )  # fmt: skip


def one_sound(engine: Any, stock: Way) -> Iterator[Figure]:
    """One sound of 5 s, as a person waits for it. Stock takes as long for any length."""
    warm = median(seconds(lambda: ours(engine, "standard", [50], 5.0)) for _ in range(3))
    yield Figure(
        name=f"one 5 s sound, standard, warm (stock {stock.wall_s / SOUNDS:.1f} s)",
        value=warm, unit="s",
    )  # fmt: skip
    cold_stock = seconds(lambda: child("stock"))
    yield Figure(
        name=f"one 5 s sound, standard, from cold: start, imports, load (stock {cold_stock:.1f} s)",
        value=seconds(lambda: child("ours")), unit="s",
    )  # fmt: skip


def child(whose: str) -> None:
    code = f"from benchmarks import neural; neural.cold({json.dumps(whose)})"
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def cold(whose: str) -> None:
    """What the child does: everything from nothing to one sound."""
    neural_model.point()
    if whose == "stock":
        call_stock(load_stock(), brief(51, "exact", 5.0))
    else:
        ours(loaded(), "standard", [51], 5.0)


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def snr_db(reference: np.ndarray, found: np.ndarray) -> float:
    error = np.square(reference - found[: len(reference)], dtype=np.float64).sum()
    return float(10 * np.log10(np.square(reference, dtype=np.float64).sum() / max(error, 1e-30)))
