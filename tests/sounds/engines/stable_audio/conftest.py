"""A tiny model with random weights, its text encoder and tokenizer: real code, real files, small numbers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sounds.brief import Brief
from sounds.engines.stable_audio.device import Device
from sounds.engines.stable_audio.engine import StableAudioEngine
from sounds.engines.stable_audio.files import ModelFiles
from sounds.engines.stable_audio.load import Model, load
from sounds.engines.stable_audio.precision import Rates
from tests.support import tiny_model

FAST_HALF = Rates({"fp32": 400.0, "bf16": 800.0}, {"fp32": 400.0, "bf16": 800.0}, [])
"""A processor that is fast in bf16, whichever this one is."""


@pytest.fixture(scope="session")
def stock(tiny: Path) -> Any:
    """The same model as stable-audio-tools loads it by itself."""
    return tiny_model.stock_model(tiny)


@pytest.fixture(scope="session")
def model(tiny: Path) -> Model:
    return load(files_in(tiny))


@pytest.fixture
def files(tiny: Path, tmp_path: Path) -> ModelFiles:
    """Files of one's own, to be damaged."""
    return files_in(shutil.copytree(tiny, tmp_path / "model"))


@pytest.fixture
def cache(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model cache as `install_model` leaves it, and no other on this machine."""
    cache = tmp_path / "models"
    tiny_model.install(cache, tiny)
    monkeypatch.setenv("MODEL_CACHE_DIR", str(cache))
    monkeypatch.setenv("MODEL_DEVICE", "cpu")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "nothing"))
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    return cache


@pytest.fixture
def make_engine(cache: Path) -> Callable[..., StableAudioEngine]:
    """An engine that has loaded; on a device that is fast in bf16 unless told otherwise."""

    def make(pick: Callable[[Model], Device] | None = None) -> StableAudioEngine:
        engine = StableAudioEngine(pick or (lambda model: Device(model, "cpu", FAST_HALF)))
        engine.load(lambda fraction, message: None)
        return engine

    return make


def files_in(folder: Path) -> ModelFiles:
    return ModelFiles(folder / "model_config.json", folder / "model.safetensors", folder / "t5-base")


def a_brief(prompt: str = "a glass bell", **changes: Any) -> Brief:
    given = {"seed": 7, "duration_s": 0.5, "quality": "exact"} | changes
    return Brief(
        engine="stable-audio-open-small", engine_version="1", loudness_lufs=-18.0, prompt=prompt, **given
    )


def by_stock(stock: Any, brief: Brief) -> np.ndarray:
    """What one call of stable-audio-tools makes of a Brief, shape (frames, 2)."""
    from stable_audio_tools.inference.generation import generate_diffusion_cond

    seconds = max(1, -(-int(brief.duration_s * 1000) // 1000))
    audio = generate_diffusion_cond(
        stock,
        steps=8,
        cfg_scale=1.0,
        conditioning=[{"prompt": brief.prompt, "seconds_total": seconds}],
        sample_size=524_288,
        seed=brief.seed,
        device="cpu",
        sampler_type="pingpong",
    )
    return audio[0].clamp(-1, 1).t().numpy()


def snr_db(reference: Any, found: Any) -> float:
    """Signal-to-noise ratio of what was found against a reference."""
    reference, found = (torch.as_tensor(array, dtype=torch.float64) for array in (reference, found))
    error = (reference - found).square().sum().clamp(min=1e-30)
    return float(10 * torch.log10(reference.square().sum() / error))


ALL = -1


class Listener:
    """A `Progress` that remembers; `drop` says after which message an index is no longer wanted."""

    def __init__(self, drop: dict[int, str] | None = None) -> None:
        self.drop = drop or {}
        self.heard: list[tuple[int, float, str]] = []
        self.notes: list[tuple[int, str]] = []

    def __call__(self, index: int, fraction: float, message: str) -> bool:
        self.heard.append((index, fraction, message))
        return self.drop.get(index) != message

    def wants(self, index: int) -> bool:
        return index not in self.drop or self.drop[index] not in self.messages(index)

    def step(self, fraction: float, message: str) -> None:
        self.heard.append((ALL, fraction, message))

    def note(self, index: int, sentence: str) -> None:
        self.notes.append((index, sentence))

    def messages(self, index: int) -> list[str]:
        """What was said of a sound, each message once."""
        return list(dict.fromkeys(message for one, _, message in self.heard if one in (index, ALL)))
