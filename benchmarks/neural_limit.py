"""What this processor is and could reach: its flags, its rates, and the work that a sound takes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from math import ceil
from pathlib import Path

from benchmarks.figures import Figure
from sounds.brief import SAMPLE_RATE_HZ

FAST = 4.0
"""Half precision is fast where it multiplies matrices at this multiple of single precision.

That is what AMX, AVX512-FP16 or a GPU give; AVX512-BF16 alone gives two, and no method makes four of them.
"""
FLAGS = {"amx": "amx_tile", "avx512_bf16": "avx512_bf16", "avx512_fp16": "avx512_fp16"}
STEPS = 8


def processor() -> str:
    """Name of the CPU and which of the flags that matter it has."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    told = {key.strip(): value.strip() for key, value in told.items()}
    flags = told.get("flags", "").split()
    has = ", ".join(f"{name} {'yes' if flag in flags else 'no'}" for name, flag in FLAGS.items())
    return f"{told.get('model name', 'processor unknown')}, {os.cpu_count()} cores; {has}"


def rates() -> dict[str, dict[str, float]]:
    """GFLOP/s that the engine's own probe found, as the first `load` left them."""
    from benchmarks.neural_model import FOLDER

    (entry,) = json.loads((FOLDER / "cache" / "precision.json").read_text()).values()
    return {kind: entry[kind] for kind in ("linear", "convolution")}


def half_against_single(kind: str = "linear") -> float:
    found = rates()[kind]
    return max(rate for name, rate in found.items() if name != "fp32") / found["fp32"]


def half_is_fast() -> bool:
    return half_against_single() >= FAST


def least_seconds(quality: str, duration_s: float = 2.0) -> float:
    """Time for one sound if this processor did nothing but multiply, at the rates it has reached."""
    needed = ceil((duration_s + 0.25) * SAMPLE_RATE_HZ / 2048)
    diffused = needed if quality == "draft" else 256
    decoded = min(needed + 11, diffused)
    best = {
        kind: found["fp32"] if quality == "exact" else max(found.values()) for kind, found in rates().items()
    }
    return (
        STEPS * gflop_of_a_step(diffused) / best["linear"] + gflop_of_decoding(decoded) / best["convolution"]
    )


@cache
def gflop_of_a_step(latents: int) -> float:
    import torch

    dit = _skeleton().model.model
    words, whole = torch.empty(1, 65, 768, device="meta"), torch.empty(1, 768, device="meta")
    return _counted(
        lambda: dit(
            torch.empty(1, 64, latents, device="meta"),
            torch.empty(1, device="meta"),
            cross_attn_cond=words,
            global_embed=whole,
        )
    )


@cache
def gflop_of_decoding(latents: int) -> float:
    import torch

    decoder = _skeleton().pretransform.model.decoder
    return _counted(lambda: decoder(torch.empty(1, 64, latents, device="meta")))


@cache
def _skeleton():
    from benchmarks.neural_model import FOLDER
    from sounds.engines.stable_audio.config import read_config
    from sounds.engines.stable_audio.load import build_skeleton

    return build_skeleton(read_config(FOLDER / "model" / "model_config.json")).eval()


def _counted(work) -> float:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() / 1e9


def figures() -> Iterator[Figure]:
    """What is known before anything is timed; none of it is a promise."""
    yield Figure(
        name=f"half against single precision, matrices ({processor()})",
        value=half_against_single(), unit="×",
    )  # fmt: skip
    yield Figure(
        name="half against single precision, convolutions",
        value=half_against_single("convolution"), unit="×",
    )  # fmt: skip
    for kind, found in rates().items():
        for name, rate in found.items():
            yield Figure(name=f"{kind} in {name}", value=rate, unit="GFLOP/s", digits=0)
