"""The full-size model with random weights: where it lies, and stable-audio-tools' own way through it.

Its text encoder is a small one: words are embedded once for a prompt and then lie on disk, so T5's size does
not touch the figures.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from sounds.brief import Brief
from sounds.engines.stable_audio.card import CARD
from sounds.engines.stable_audio.files import MODEL, TEXT_ENCODER

FOLDER = Path("build/neural").resolve()
PROMPTS = (
    "a soft bell", "two wooden taps", "a bright marimba", "glass chime", "warm synth swell",
    "low drum", "water drop", "short alarm", "a friendly whistle",
)  # fmt: skip
REVISION = "random"


def brief(number: int, quality: str, duration_s: float = 2.0) -> Brief:
    return Brief(
        engine=CARD.id,
        engine_version=CARD.version,
        seed=1000 + number,
        duration_s=duration_s,
        loudness_lufs=-18.0,
        prompt=PROMPTS[number % len(PROMPTS)],
        quality=quality,
    )


def prepare() -> None:
    """Build the model where it is not there yet, and lay it out as the hub's library would."""
    from tests.support.tiny_model import build_full

    build_full(FOLDER / "model")
    for repository, folder in ((MODEL, FOLDER / "model"), (TEXT_ENCODER, FOLDER / "model" / "t5-base")):
        name = f"models--{repository.ids[0].replace('/', '--')}"
        snapshot = FOLDER / "cache" / name / "snapshots" / REVISION
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            snapshot.symlink_to(folder)
    point()


def point() -> None:
    """Have the engine of this process find what `prepare` built."""
    os.environ["MODEL_CACHE_DIR"] = str(FOLDER / "cache")
    os.environ["MODEL_DEVICE"] = "cpu"


def load_stock() -> Any:
    from tests.support.tiny_model import stock_model

    with quiet():
        return stock_model(FOLDER / "model")


def call_stock(model: Any, wanted: Brief) -> np.ndarray:
    """One call of ``generate_diffusion_cond``, cut to the wanted length; float32, shape (frames, 2)."""
    from stable_audio_tools.inference.generation import generate_diffusion_cond

    with quiet():
        audio = generate_diffusion_cond(
            model,
            steps=8,
            cfg_scale=1.0,
            conditioning=[
                {"prompt": wanted.prompt, "seconds_total": max(1, int(np.ceil(wanted.duration_s)))}
            ],
            sample_size=524_288,
            seed=wanted.seed,
            device="cpu",
            sampler_type="pingpong",
        )
    return audio[0, :, : wanted.frames].clamp(-1, 1).t().numpy()


@contextlib.contextmanager
def quiet() -> Any:
    """Without the library's seeds, bars and warnings."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
