"""Where the model is computed: the one boundary at which devices differ.

CUDA and MPS have never been run by this project's tests, which have neither; MPS is therefore trusted only
after it has agreed with the CPU on a small piece of work.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from sounds.engines.stable_audio.decode import Decoder, Pulse
from sounds.engines.stable_audio.dit import Context, Dit
from sounds.engines.stable_audio.errors import DeviceError
from sounds.engines.stable_audio.load import Model
from sounds.engines.stable_audio.precision import Plan, Rates, Way, measured, plan

CHOICES = ("auto", "cuda", "mps", "cpu")
AGREEMENT_DB = 30.0
_TITLES = {"cuda": "CUDA", "mps": "MPS", "cpu": "CPU"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a batch is about, float32 on the CPU.

    Attributes
    ----------
    words
        Embeddings of prompt and duration, shape (batch, tokens, 768).
    whole
        Embeddings of the duration, shape (batch, 768).
    """

    words: Tensor
    whole: Tensor


class Device:
    """The model on one device; arrays come from the CPU and go back to it.

    Of the transformer and of the decoder one precision each is kept, the last that was used.
    """

    def __init__(self, model: Model, kind: str, rates: Rates) -> None:
        self.model, self.kind, self.rates = model, kind, rates
        self.torch_device = torch.device(kind)
        self._dit_kept: tuple[Way, Dit] | None = None
        self._decoder_kept: tuple[tuple[Way, Way], Decoder] | None = None

    @property
    def title(self) -> str:
        return _TITLES[self.kind]

    def plan(self, quality: str) -> Plan:
        return plan(quality, self.rates)

    @torch.inference_mode()
    def context(self, words: Words, quality: str) -> Context:
        return self._dit(quality).context(words.words, words.whole)

    @torch.inference_mode()
    def velocity(self, x: Tensor, time: float, context: Context, quality: str) -> Tensor:
        """What the transformer makes of noisy latents, shape (batch, channels, latents)."""
        return self._dit(quality).velocity(x, time, context)

    @torch.inference_mode()
    def decode(self, latents: Tensor, quality: str, pulse: Pulse) -> Tensor:
        """Audio, shape (frames, 2), of latents of the shape (channels, latents)."""
        return self._decoder(quality).decode(latents * self.model.latent_scale, pulse)

    def _dit(self, quality: str) -> Dit:
        way = self.plan(quality).diffusion
        if self._dit_kept is None or self._dit_kept[0] != way:
            self._dit_kept = None  # before the next one is made: two copies may be too many
            self._dit_kept = way, Dit(self.model.dit, self.torch_device, way)
        return self._dit_kept[1]

    def _decoder(self, quality: str) -> Decoder:
        plan = self.plan(quality)
        ways = plan.head, plan.tail
        if self._decoder_kept is None or self._decoder_kept[0] != ways:
            self._decoder_kept = None
            self._decoder_kept = ways, Decoder(self.model.decoder, self.torch_device, *ways)
        return self._decoder_kept[1]


def wanted_kind() -> str:
    """What ``MODEL_DEVICE`` asks for; raises `DeviceError` where that is not here."""
    kind = os.environ.get("MODEL_DEVICE", "").strip().lower() or "auto"
    if kind not in CHOICES:
        raise DeviceError(f"MODEL_DEVICE is {kind}; it must be one of {', '.join(CHOICES)}.")
    if kind in ("cuda", "mps") and not _there(kind):
        raise DeviceError(
            f"MODEL_DEVICE is {kind}, but PyTorch finds no {_TITLES[kind]} device here; "
            "set it to auto or cpu."
        )
    return kind


def pick(model: Model, cache: Path) -> Device:
    """The device asked for; of ``auto`` CUDA, else MPS if it calculates as the CPU does, else the CPU."""
    kind = wanted_kind()
    cpu = on_cpu(model, cache)
    if kind == "auto":
        kind = next((one for one in ("cuda", "mps") if _there(one)), "cpu")
        if kind == "mps":
            device = _on(model, kind, cache)
            return device if agrees(device, cpu) else cpu
    return cpu if kind == "cpu" else _on(model, kind, cache)


def on_cpu(model: Model, cache: Path) -> Device:
    return _on(model, "cpu", cache)


def last_resort(model: Model, cache: Path) -> Device:
    """The CPU in single precision, whatever the quality."""
    return Device(model, "cpu", measured(torch.device("cpu"), cache).single())


def agrees(device: Device, reference: Device) -> bool:
    """Whether a device makes of the same noise what the reference makes, in its standard precision."""
    try:
        return all(
            _agreement_db(ours, theirs) >= AGREEMENT_DB
            for ours, theirs in zip(_sample(device), _sample(reference, "exact"), strict=True)
        )
    except (RuntimeError, TypeError, NotImplementedError):  # an operator that the device does not have
        return False


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out, on whichever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    words = ("out of memory", "not enough memory", "can't allocate memory")
    return isinstance(error, RuntimeError) and any(one in str(error) for one in words)


def _on(model: Model, kind: str, cache: Path) -> Device:
    return Device(model, kind, measured(torch.device(kind), cache))


def _there(kind: str) -> bool:
    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


def _sample(device: Device, quality: str = "standard") -> tuple[Tensor, Tensor]:
    """One step of diffusion over 16 latents, and 16 latents decoded."""
    random = torch.Generator().manual_seed(0)
    x = torch.randn(1, device.model.config.latent_channels, 16, generator=random)
    words = Words(torch.randn(1, 65, 768, generator=random), torch.randn(1, 768, generator=random))
    velocity = device.velocity(x, 0.5, device.context(words, quality), quality)
    return velocity, device.decode(x[0], quality, lambda fraction: None)


def _agreement_db(ours: Tensor, theirs: Tensor) -> float:
    error = (ours - theirs).square().sum()
    return (
        float(10 * torch.log10(theirs.square().sum() / error.clamp(min=1e-30))) if error.isfinite() else 0.0
    )
