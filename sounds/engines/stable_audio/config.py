"""What we rely on in ``model_config.json``; a config that says otherwise is refused, and nothing is built."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.stable_audio.errors import damaged, foreign

STEPS = 8
TEXT_ENCODER_NAME = "t5-base"

_DIT_SIZES = {"io_channels", "embed_dim", "depth", "num_heads", "cond_token_dim", "global_cond_dim"}
_DIT_MEANS = {"transformer_type": "continuous_transformer", "attn_kwargs": {"qk_norm": "ln"}}
_DIT_DEFAULTS = {
    "patch_size": 1,
    "project_cond_tokens": True,
    "project_global_cond": True,
    "input_concat_dim": 0,
    "prepend_cond_dim": 0,
    "global_cond_type": "prepend",
    "timestep_cond_type": "global",
    "timestep_embed_dim": None,
    "diffusion_objective": "rf_denoiser",
    "rotary_pos_emb": True,
    "num_memory_tokens": 0,
    "causal": False,
    "conformer": False,
    "use_sinusoidal_emb": False,
    "use_abs_pos_emb": False,
    "sliding_window": None,
    "zero_init_branch_outputs": True,
}
"""What stable-audio-tools takes where a config says nothing; one that spells it out says nothing new."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A checked config.

    Attributes
    ----------
    data
        For stable-audio-tools: without the text encoder, which is loaded only when a prompt is new, and in
        single precision, since half would be chosen before the device is known.
    latent_frames, latent_channels
        Shape of what a full-length diffusion makes.
    frames_per_latent
        Audio frames that one latent becomes.
    prompt_tokens
        Tokens a prompt is cut or padded to.
    """

    data: Mapping[str, Any]
    latent_frames: int
    latent_channels: int
    frames_per_latent: int
    prompt_tokens: int


def read_config(path: Path) -> ModelConfig:
    """Read and check a config; raises `ModelError` naming what is not as in Stable Audio Open Small."""
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise damaged("The config") from error
    try:
        return _checked(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise foreign(f"its config lacks {error}") from error


def _checked(data: dict[str, Any]) -> ModelConfig:
    data = copy.deepcopy(data)
    model = data["model"]
    autoencoder, diffusion = model["pretransform"], model["diffusion"]
    decoder, dit = autoencoder["config"]["decoder"], diffusion["config"]
    conditions = {one["id"]: one for one in model["conditioning"]["configs"]}
    _expect("model_type", data["model_type"], "diffusion_cond")
    _expect("sample_rate", data["sample_rate"], SAMPLE_RATE_HZ)
    _expect("audio_channels", data["audio_channels"], 2)
    _expect("pretransform type", autoencoder["type"], "autoencoder")
    _expect("bottleneck type", autoencoder["config"]["bottleneck"]["type"], "vae")
    _expect("decoder type", decoder["type"], "oobleck")
    _expect("decoder's use_snake", decoder["config"]["use_snake"], True)
    _expect("diffusion type", diffusion["type"], "dit")
    _expect("diffusion_objective", diffusion["diffusion_objective"], "rf_denoiser")
    _expect("global_cond_ids", diffusion["global_cond_ids"], ["seconds_total"])
    _expect("cross_attention_cond_ids", diffusion["cross_attention_cond_ids"], ["prompt", "seconds_total"])
    _expect("diffusion config", dict(_telling(dit)), _DIT_MEANS)
    _expect("conditions", {name: one["type"] for name, one in conditions.items()},
            {"prompt": "t5", "seconds_total": "number"})  # fmt: skip
    prompt = conditions["prompt"]["config"]
    _expect("text encoder", prompt["t5_model_name"], TEXT_ENCODER_NAME)
    ratio = autoencoder["config"]["downsampling_ratio"]
    _expect("strides", math.prod(decoder["config"]["strides"]), ratio)

    autoencoder["model_half"] = False
    model["conditioning"]["configs"] = [conditions["seconds_total"]]
    return ModelConfig(
        data=data,
        latent_frames=data["sample_size"] // ratio,
        latent_channels=model["io_channels"],
        frames_per_latent=ratio,
        prompt_tokens=prompt.get("max_length", 128),
    )


def _telling(dit: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a config says beyond sizes and defaults."""
    for name, value in dit.items():
        usual = name in _DIT_DEFAULTS and value == _DIT_DEFAULTS[name]
        if name not in _DIT_SIZES and not usual:
            yield name, value


def _expect(name: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise foreign(f"its {name} is {found}, not {wanted}")
