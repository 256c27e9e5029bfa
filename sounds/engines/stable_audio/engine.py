"""The implementation behind the card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sounds.brief import Brief
from sounds.engines.base import Progress
from sounds.engines.stable_audio import files
from sounds.engines.stable_audio.errors import INSTALL, ModelError

if TYPE_CHECKING:
    from sounds.engines.stable_audio.device import Device
    from sounds.engines.stable_audio.load import Model
    from sounds.engines.stable_audio.render import Renderer


class StableAudioEngine:
    """Stable Audio Open Small; the same Brief gives the same array, also after unloading and loading.

    Parameters
    ----------
    pick
        Chooses the device; by default what ``MODEL_DEVICE`` asks for.
    """

    def __init__(self, pick: Callable[[Model], Device] | None = None) -> None:
        self._pick = pick
        self._renderer: Renderer | None = None

    def load(self, progress: Callable[[float, str], None]) -> None:
        """Import PyTorch, then map the weights; raises `ModelError` or `DeviceError` in one sentence."""
        progress(0.0, "importing PyTorch")
        from sounds.engines.stable_audio import device, load, render, text
        from sounds.engines.stable_audio.shim import import_library

        import_library()
        device.wanted_kind()
        progress(0.5, "loading the model")
        found = files.find()
        if found is None:
            raise ModelError(f"{files.MODEL.title} is not installed; run: {INSTALL}")
        model = load.load(found)
        cache = files.model_cache()
        rates = cache / "precision.json"
        words = text.TextEncoder(found.text_encoder, model.config.prompt_tokens, cache / "embeddings")
        chosen = self._pick(model) if self._pick else device.pick(model, rates)
        self._renderer = render.Renderer(model, words, chosen, lambda: device.last_resort(model, rates))

    def generate(
        self, briefs: Sequence[Brief], progress: Progress
    ) -> Iterator[np.ndarray | Exception | None]:
        """Yield float32 in [−1, 1], shape (frames, 2), a quarter of a second longer than the Brief asks."""
        if self._renderer is None:
            raise RuntimeError("load() comes first")
        return self._renderer.render(briefs, progress)

    def describe(self) -> dict[str, str]:
        """``device``, ``precision`` of standard quality, ``text_encoder``."""
        if self._renderer is None:
            return {}
        device = self._renderer.device
        how = device.plan("standard")
        diffusion, decoding = how.diffusion.precision, how.tail.precision
        return {
            "device": device.kind,
            "precision": diffusion if diffusion == decoding else f"{diffusion}, decoding {decoding}",
            "text_encoder": "not loaded",  # it is gone again before the first step
        }
