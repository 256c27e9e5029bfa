"""The model's parts from its files: built without memory, then given the file's own pages as weights."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from sounds.engines.stable_audio.config import ModelConfig, read_config
from sounds.engines.stable_audio.errors import damaged, foreign
from sounds.engines.stable_audio.files import ModelFiles
from sounds.engines.stable_audio.header import read_shapes
from sounds.engines.stable_audio.memory import require
from sounds.engines.stable_audio.shim import import_library

WEIGHTS = "The weights file"
_ENCODER = "pretransform.model.encoder."


@dataclass(frozen=True, slots=True)
class Model:
    """stable-audio-tools' own modules, on the CPU in single precision, their weights mapped from the file.

    Attributes
    ----------
    dit
        ``DiffusionTransformer``.
    decoder
        ``OobleckDecoder``.
    seconds
        ``NumberConditioner`` of ``seconds_total``.
    latent_scale
        What latents are multiplied with before they are decoded.
    """

    config: ModelConfig
    files: ModelFiles
    dit: Any
    decoder: Any
    seconds: Any
    latent_scale: float


def load(files: ModelFiles) -> Model:
    """Load a model; raises `ModelError` where the files are not it, or memory is short."""
    config = read_config(files.config)
    skeleton = build_skeleton(config)
    skeleton.pretransform.model.encoder = None
    shapes = read_shapes(files.weights, WEIGHTS)
    expected = shapes_of(skeleton)
    compare(expected, {name: shape for name, shape in shapes.items() if name in expected})
    require(4 * sum(torch.Size(shape).numel() for shape in expected.values()))
    try:
        with safe_open(files.weights, framework="pt") as weights:
            tensors = {name: weights.get_tensor(name).float() for name in expected}
    except (SafetensorError, OSError) as error:
        raise damaged(WEIGHTS) from error
    skeleton.load_state_dict(tensors, assign=True)
    skeleton.eval().requires_grad_(False)
    return Model(
        config=config,
        files=files,
        dit=skeleton.model.model,
        decoder=skeleton.pretransform.model.decoder,
        seconds=skeleton.conditioner.conditioners["seconds_total"],
        latent_scale=float(skeleton.pretransform.scale),
    )


def build_skeleton(config: ModelConfig) -> Any:
    """The library's model on the meta device: every name and shape, no memory."""
    factory = import_library()
    with torch.device("meta"), _quiet():
        try:
            return factory.create_model_from_config(dict(config.data))
        except (AssertionError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise foreign("stable-audio-tools cannot build what its config describes") from error


def shapes_of(skeleton: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in skeleton.state_dict().items()}


def compare(expected: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]]) -> None:
    """Raise `ModelError` naming the first tensor that is missing, odd, or unknown."""
    for name, shape in expected.items():
        if name not in found:
            raise foreign(f"the weights lack {name}")
        if found[name] != shape:
            raise foreign(f"{name} has the shape {_say(found[name])}, not {_say(shape)}")
    for name in found:
        if name not in expected:
            raise foreign(f"the weights hold {name}, which it does not have")


def _say(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "of a single number"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that weight_norm will be called otherwise one day
        yield
