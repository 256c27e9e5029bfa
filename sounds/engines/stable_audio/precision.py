"""Which precision is fast here: measured once on small pieces of work, kept on disk, never assumed.

Half precision runs at a multiple of single where a processor has instructions for it, and up to a hundred
times slower where it has none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from sounds.engines.stable_audio.kernels import Kernels, OneDnnKernels, TorchKernels, onednn_works
from sounds.engines.stable_audio.text import write_atomically

TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
MARGIN = 1.25
"""How much faster half precision must be for its error to be accepted."""
HOPELESS = 5.0
"""What is this much slower than single precision at first is not tried again."""
_REPEATS = 12


@dataclass(frozen=True, slots=True)
class Way:
    """A precision, and whose matrix multiplication it uses."""

    precision: str
    onednn: bool

    @property
    def dtype(self) -> torch.dtype:
        return TYPES[self.precision]

    @property
    def kernels(self) -> Kernels:
        return OneDnnKernels() if self.onednn else TorchKernels()


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured.

    Attributes
    ----------
    linear, convolution
        GFLOP/s by precision, in the kernels that are used for it.
    onednn
        Precisions that oneDNN's own operators are used for: where they multiply matrices as fast at least.
    """

    linear: dict[str, float]
    convolution: dict[str, float]
    onednn: list[str]

    def make_sense(self) -> bool:
        """Whether they can be rates, in case somebody edited the file they were kept in."""
        numbers = [*self.linear.values(), *self.convolution.values()]
        single = "fp32" in self.linear and "fp32" in self.convolution
        known = TYPES.keys() >= {*self.linear, *self.convolution, *self.onednn}
        return single and known and all(isinstance(rate, int | float) and rate > 0 for rate in numbers)

    def way(self, precision: str) -> Way:
        return Way(precision, precision in self.onednn)

    def single(self) -> Rates:
        """The same, as if there were no half precision."""
        linear, convolution = ({"fp32": rates["fp32"]} for rates in (self.linear, self.convolution))
        return Rates(linear, convolution, [name for name in self.onednn if name == "fp32"])

    def fastest(self, rates: dict[str, float]) -> str:
        """The fastest precision that is worth it; fp16 before bf16 when they are close, being more exact."""
        worth = {name: rate for name, rate in rates.items() if rate >= MARGIN * rates["fp32"]}
        if worth.get("fp16", 0.0) >= 0.9 * worth.get("bf16", float("inf")):
            return "fp16"
        return max(worth, key=lambda name: worth[name], default="fp32")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sound of some quality is computed: its diffusion, and both parts of its decoding."""

    diffusion: Way
    head: Way
    tail: Way


def plan(quality: str, rates: Rates) -> Plan:
    """``exact`` is single precision throughout.

    bf16 has eight bits where fp16 has eleven, and all of the decoder in it leaves 40 dB of a sound. Its head
    is a quarter of its work and makes nearly half of that error: only drafts compute it in bf16.
    """
    if quality == "exact":
        return Plan(rates.way("fp32"), rates.way("fp32"), rates.way("fp32"))
    diffusion, decoding = rates.fastest(rates.linear), rates.fastest(rates.convolution)
    head = "fp32" if decoding == "bf16" and quality != "draft" else decoding
    return Plan(rates.way(diffusion), rates.way(head), rates.way(decoding))


def measured(device: torch.device, cache: Path) -> Rates:
    """Rates of a device, from the file `cache` where they have been measured before."""
    key = _machine(device)
    known: dict[str, dict] = {}
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        known = dict(json.loads(cache.read_text()))
        entry = known[key]
        rates = Rates(dict(entry["linear"]), dict(entry["convolution"]), list(entry["onednn"]))
        if rates.make_sense():
            return rates
    rates = measure(device)
    entry = {"linear": rates.linear, "convolution": rates.convolution, "onednn": rates.onednn}
    write_atomically(cache, json.dumps({**known, key: entry}, indent=1).encode())
    return rates


def measure(device: torch.device) -> Rates:
    """Multiply matrices and convolve, in the model's shapes, in each precision; takes under a second."""
    with torch.inference_mode():
        linear, convolution = _both(TorchKernels(), device)
        if device.type != "cpu" or not onednn_works():
            return Rates(linear, convolution, [])
        own_linear, own_convolution = _both(OneDnnKernels(), device)
    onednn = [name for name, rate in own_linear.items() if rate > 0.95 * linear.get(name, 0.0)]
    linear.update((name, own_linear[name]) for name in onednn)
    convolution.update((name, own_convolution[name]) for name in onednn if name in own_convolution)
    return Rates(linear, convolution, onednn)


def _both(kernels: Kernels, device: torch.device) -> tuple[dict[str, float], dict[str, float]]:
    return (
        _rates(lambda dtype: _linear(device, dtype, kernels), device),
        _rates(lambda dtype: _convolution(device, dtype, kernels), device),
    )


Work = tuple[Callable[[], object], float]
"""Something to do, and its size in GFLOP."""


def _rates(prepare: Callable[[torch.dtype], Work], device: torch.device) -> dict[str, float]:
    """Turn about, so that whatever else the machine does meets all of them; the best of each counts."""
    work: dict[str, Work] = {}
    best: dict[str, float] = {}
    for name, dtype in TYPES.items():
        try:
            work[name] = prepare(dtype)
            best[name] = min(_seconds(work[name][0], device) for _ in range(2))
        except (RuntimeError, TypeError):  # a precision that this device does not have
            continue
    for _ in range(_REPEATS):
        for name in best:
            if best[name] < HOPELESS * best["fp32"]:
                best[name] = min(best[name], _seconds(work[name][0], device))
    return {name: work[name][1] / seconds for name, seconds in best.items()}


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    begun = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()
    return time.perf_counter() - begun


def _linear(device: torch.device, dtype: torch.dtype, kernels: Kernels) -> Work:
    tokens, width, out = 257, 1024, 1024
    layer = kernels.linear(torch.randn(out, width).to(device, dtype), None)
    x = torch.randn(tokens, width).to(device, dtype)
    return lambda: layer(x), 2e-9 * tokens * width * out


def _convolution(device: torch.device, dtype: torch.dtype, kernels: Kernels) -> Work:
    frames, channels, taps = 1024, 128, 7
    layer = kernels.convolution(torch.randn(channels, channels, taps).to(device, dtype), None, 9, 3)
    x = torch.randn(frames, channels).to(device, dtype)
    return lambda: layer(x), 2e-9 * frames * channels * channels * taps


def _machine(device: torch.device) -> str:
    """Changes whenever another answer could be true."""
    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        kept = {line for line in lines if line.startswith(("model name", "flags", "Features"))}
        cpu = hashlib.sha256("\n".join(sorted(kept)).encode()).hexdigest()[:16]
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return f"{name} {cpu} torch {torch.__version__} threads {torch.get_num_threads()}"
