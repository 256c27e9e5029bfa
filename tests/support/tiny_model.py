"""Stable Audio Open Small with random weights: a tiny one for tests, one of full size for the benchmark.

Both are what stable-audio-tools itself builds from a config, saved as the hub holds the real one: the state
dict with the autoencoder's encoder and without the text encoder, which lies beside it.
"""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

from sounds.engines.stable_audio import shim
from sounds.engines.stable_audio.files import MODEL, TEXT_ENCODER, Repository

CONFIG = Path(shim.__file__).with_name("model_config.json")
REVISION = "0123456789abcdef0123456789abcdef01234567"
PEAK = 0.5
LEVEL = 0.3


def tiny_config() -> dict[str, Any]:
    """The real config with everything narrow: same strides, same 64 latent channels, same conditioning."""
    config = json.loads(CONFIG.read_text())
    model = config["model"]
    for part in ("encoder", "decoder"):
        model["pretransform"]["config"][part]["config"]["channels"] = 4
    model["diffusion"]["config"] |= {"embed_dim": 128, "depth": 2, "num_heads": 2}
    return config


def full_config() -> dict[str, Any]:
    return json.loads(CONFIG.read_text())


def build(folder: Path, config: dict[str, Any] | None = None, *, seed: int = 0) -> Path:
    """Write a model into `folder` and return it; ``t5-base/`` inside is a small T5 of the right width."""
    folder.mkdir(parents=True, exist_ok=True)
    config = config or tiny_config()
    with torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(seed)
        _save_text_encoder(folder / "t5-base")
        model = _random_model(config, folder)
    save_file(
        {name: tensor.contiguous() for name, tensor in model.state_dict().items()},
        folder / "model.safetensors",
    )
    (folder / "model_config.json").write_text(json.dumps(config, indent=1))
    return folder


def build_full(folder: Path) -> Path:
    """The full-size model (2 GB), kept in `folder` for the next run. Its T5 is a small one."""
    if not (folder / "model_config.json").exists():  # written last
        build(folder, full_config())
    return folder


def install(cache: Path, model: Path | None = None) -> None:
    """Lay a built model out as the hub's library keeps it, so that `files.find` finds it below `cache`."""
    source = model or build(cache / "built")
    _lay_out(cache, MODEL, source)
    _lay_out(cache, TEXT_ENCODER, source / "t5-base")
    if model is None:
        shutil.rmtree(source)


def stock_model(folder: Path) -> Any:
    """What the library makes of a folder by itself, in fp32 on the CPU; it sets the standard for ours."""
    factory = shim.import_library()
    config = json.loads((folder / "model_config.json").read_text())
    model = _construct(factory, config, folder)
    from stable_audio_tools.models.utils import load_ckpt_state_dict

    model.load_state_dict(load_ckpt_state_dict(str(folder / "model.safetensors")))
    return model.eval().requires_grad_(False)


def _construct(factory: Any, config: dict[str, Any], folder: Path) -> Any:
    config = copy.deepcopy(config)
    config["model"]["pretransform"]["model_half"] = False
    with contextlib.chdir(folder):  # so that the name "t5-base" means the folder here and not the hub
        return factory.create_model_from_config(config)


def _random_model(config: dict[str, Any], folder: Path) -> Any:
    model = _construct(shim.import_library(), config, folder).eval().requires_grad_(False)
    for name, parameter in _silent(model):
        fan_in = parameter[0].numel() if parameter.ndim > 1 else 1
        share = 6.0 if "cross_attn" in name else 0.5  # few of the 64 tokens carry words
        parameter.normal_(std=0.02 if name.endswith("bias") else share * fan_in**-0.5)
    _give_voice(model.pretransform.model.decoder, model.io_channels)
    return model


def _give_voice(decoder: Any, latent_channels: int) -> None:
    """Let sounds depend on latents: as initialised they die away to biases and a constant.

    Each block begins with values of this deviation: lower, and the snakes do nothing but add a constant;
    higher, and their sines wrap round and make any error larger. At this one an error in the latents
    comes out as large as it went in, so that signal-to-noise ratios tell of the calculation.
    """
    first, *blocks = decoder.layers[:-3]
    widening = [first, *(block.layers[1] for block in blocks)]
    hooks = [layer.register_forward_hook(_to_level) for layer in widening]
    last = decoder.layers[-2]
    last.weight_v -= last.weight_v.mean(-1, keepdim=True)
    latents = torch.randn(1, latent_channels, 16)
    decoder(latents)
    for hook in hooks:
        hook.remove()
    last.weight_g *= PEAK / decoder(latents).abs().max()


def _to_level(layer: Any, _arguments: Any, output: torch.Tensor) -> torch.Tensor:
    output = output - layer.bias[:, None]
    layer.bias.zero_()
    gain = LEVEL / output.std()
    layer.weight_g *= gain
    return gain * output


def _silent(model: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """What the library starts at zero: with it no branch of the transformer would add anything."""
    for name, parameter in model.model.named_parameters():
        if parameter.numel() and not name.endswith(".beta") and not parameter.any():
            yield name, parameter


def _save_text_encoder(folder: Path) -> None:
    _tokenizer().save_pretrained(folder)
    small = T5Config(
        vocab_size=128,
        d_model=768,
        d_kv=32,
        d_ff=64,
        num_layers=1,
        num_heads=2,
        pad_token_id=0,
        eos_token_id=1,
    )
    T5EncoderModel(small).save_pretrained(folder)


def _tokenizer() -> PreTrainedTokenizerFast:
    """One token a character, with T5's special ones: no two prompts in ASCII read alike."""
    special = ["<pad>", "</s>", "<unk>"]
    letters = ["▁", *(chr(code) for code in range(33, 127))]
    vocabulary = [(token, 0.0) for token in special] + [(letter, -2.0) for letter in letters]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def _lay_out(cache: Path, repository: Repository, source: Path) -> None:
    folder = cache / f"models--{repository.ids[0].replace('/', '--')}"
    snapshot = folder / "snapshots" / REVISION
    snapshot.mkdir(parents=True, exist_ok=True)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(REVISION)
    for file in source.iterdir():
        if file.is_file():
            shutil.copy(file, snapshot / file.name)
