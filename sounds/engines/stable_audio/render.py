"""Briefs to audio: words, diffusion in small batches, decoding; and what is done where a device fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from sounds.brief import SAMPLE_RATE_HZ, Brief
from sounds.engines.base import Progress
from sounds.engines.stable_audio.config import STEPS
from sounds.engines.stable_audio.decode import MARGIN
from sounds.engines.stable_audio.device import Device, Words, is_out_of_memory
from sounds.engines.stable_audio.diffuse import Noise, diffuse
from sounds.engines.stable_audio.errors import StableAudioError
from sounds.engines.stable_audio.load import Model
from sounds.engines.stable_audio.text import TextEncoder

BATCH = 3
"""Sounds diffused together: more gain nothing on a processor, and cancels would be noticed later."""
SPARE_S = 0.25
"""What is made beyond the wanted length, since mastering cuts the silence before a sound."""
SILENT = 1e-4
"""A peak below −80 dBFS is no sound."""
FAULTS = 3
"""After so many sounds in a row that a device spoilt, it is not used again."""
NO_ROOM = "ran out of memory"
NO_MEMORY = "This machine has too little free memory for a sound; close something large and try again."


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound to be made; `needed` latents hold it, `length` are diffused."""

    index: int
    brief: Brief
    words: Tensor
    needed: int
    length: int

    @property
    def frames(self) -> int:
        return self.brief.frames + round(SPARE_S * SAMPLE_RATE_HZ)


class Dropped(Exception):
    """Nobody wants this sound any more."""


Result = np.ndarray | Exception | None


class Renderer:
    """Makes sounds on a device, and on the CPU in single precision where the device makes none.

    Parameters
    ----------
    make_rescue
        Gives the device that is used then.
    """

    def __init__(
        self, model: Model, text: TextEncoder, device: Device, make_rescue: Callable[[], Device]
    ) -> None:
        self.model, self.text, self.device = model, text, device
        self.make_rescue = make_rescue
        self.rescue: Device | None = None
        self.faults = 0
        self.distrusted = False

    def render(self, briefs: Sequence[Brief], progress: Progress) -> Iterator[Result]:
        """Yield for each Brief, in order, its audio, the error that says why not, or None if unwanted."""
        sounds = self._read(briefs, progress)
        done = 0
        for _, alike in groupby(sounds, key=lambda sound: (sound.brief.quality, sound.length)):
            for batch in _batches(list(alike)):
                for sound, result in self._make(batch, progress):
                    yield from [None] * (sound.index - done)
                    yield result
                    done = sound.index + 1
        yield from [None] * (len(briefs) - done)

    def _read(self, briefs: Sequence[Brief], progress: Progress) -> list[Sound]:
        progress.step(0.0, "reading the words")
        wanted = [(n, brief) for n, brief in enumerate(briefs) if progress.wants(n)]
        embeddings = self.text.embed([brief.prompt for _, brief in wanted])
        return [self._sound(index, brief, embeddings[brief.prompt]) for index, brief in wanted]

    def _sound(self, index: int, brief: Brief, words: Tensor) -> Sound:
        config = self.model.config
        frames = brief.frames + round(SPARE_S * SAMPLE_RATE_HZ)
        needed = min(math.ceil(frames / config.frames_per_latent), config.latent_frames)
        length = needed if brief.quality == "draft" else config.latent_frames
        return Sound(index, brief, words, needed, length)

    def _make(self, batch: list[Sound], progress: Progress) -> Iterator[tuple[Sound, Result]]:
        """Diffuse a batch, then decode and yield one sound after another."""
        device = self.device  # of these latents, also where it is given up in between
        latents = self._diffuse_or_less(batch, progress)
        for sound in batch:
            yield sound, self._finish(device, sound, latents.get(sound.index), progress)

    def _diffuse_or_less(self, batch: list[Sound], progress: Progress) -> dict[int, Tensor | Exception]:
        """Latents by index; where memory runs out the batch is taken apart."""
        try:
            return dict(self._diffuse(self.device, batch, progress, batch[0].brief.quality))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if len(batch) == 1:
                return {batch[0].index: error}
        parts = [self._diffuse_or_less([sound], progress) for sound in batch]
        return {index: latents for part in parts for index, latents in part.items()}

    def _finish(
        self, device: Device, sound: Sound, latents: Tensor | Exception | None, progress: Progress
    ) -> Result:
        if latents is None:
            return None
        try:
            audio, trouble = self._attempt(device, sound, latents, progress)
            if trouble:
                return self._rescue(device, sound, trouble, progress)
        except Dropped:
            return None
        self.faults = 0
        return _clipped(audio)

    def _attempt(
        self, device: Device, sound: Sound, latents: Tensor | Exception, progress: Progress
    ) -> tuple[np.ndarray, str]:
        """Audio, and what is wrong with it: "" when nothing is."""
        try:
            if isinstance(latents, Exception):
                raise latents
            audio = self._decode(device, sound, latents, progress, sound.brief.quality)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return np.empty((0, 2), np.float32), NO_ROOM
        return audio, _trouble(audio)

    def _rescue(self, device: Device, sound: Sound, trouble: str, progress: Progress) -> Result:
        """Make one sound again, on the CPU in single precision."""
        if device.kind == "cpu" and device.plan(sound.brief.quality) == device.plan("exact"):
            return _refusal(sound, trouble)
        self.faults += 1
        self.distrusted = self.distrusted or self.faults >= FAULTS
        progress.note(sound.index, self._note(device, trouble))
        self.rescue = rescue = self.rescue or self.make_rescue()
        if self.distrusted:
            self.device = rescue
        try:
            latents = dict(self._diffuse(rescue, [sound], progress, "exact"))
            if sound.index not in latents:
                return None
            audio = self._decode(rescue, sound, latents[sound.index], progress, "exact")
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return StableAudioError(NO_MEMORY)
        return _refusal(sound, found) if (found := _trouble(audio)) else _clipped(audio)

    def _note(self, device: Device, trouble: str) -> str:
        where = f"{device.title} device" if device.kind != "cpu" else "half-precision calculation"
        sentence = f"The {where} {trouble}, so this sound was made on the CPU in single precision"
        if self.distrusted:
            return f"{sentence}, and so is every other until the engine is started again."
        return f"{sentence}."

    def _diffuse(
        self, device: Device, batch: list[Sound], progress: Progress, quality: str
    ) -> Iterator[tuple[int, Tensor]]:
        shape = (self.model.config.latent_channels, batch[0].length)
        left = list(batch)

        def wanted(step: int) -> list[bool]:
            fraction, message = 0.05 + 0.7 * step / STEPS, f"step {step} of {STEPS}"
            still = [bool(progress(sound.index, fraction, message)) for sound in left]
            left[:] = [sound for sound, one in zip(left, still, strict=True) if one]
            return still

        latents = diffuse(
            lambda x, time, context: device.velocity(x, time, context, quality),
            device.context(self._words(batch), quality),
            [Noise(sound.brief.seed, shape) for sound in batch],
            wanted,
        )
        yield from zip([sound.index for sound in left], latents, strict=True)

    @torch.inference_mode()
    def _words(self, batch: list[Sound]) -> Words:
        """The prompt's tokens followed by one for the duration, which is also told as a whole."""
        seconds = [float(max(1, math.ceil(sound.brief.duration_s))) for sound in batch]
        durations = self.model.seconds(seconds, "cpu")[0]
        prompts = torch.stack([sound.words for sound in batch])
        return Words(torch.cat([prompts, durations], dim=1), durations[:, 0])

    def _decode(
        self, device: Device, sound: Sound, latents: Tensor, progress: Progress, quality: str
    ) -> np.ndarray:
        def pulse(fraction: float) -> None:
            if not progress(sound.index, 0.75 + 0.25 * fraction, "decoding"):
                raise Dropped

        pulse(0.0)
        latents = latents[:, : min(sound.needed + MARGIN, sound.length)]
        audio = device.decode(latents, quality, pulse)
        return audio[: sound.frames].numpy()


def _batches(sounds: list[Sound]) -> Iterator[list[Sound]]:
    for start in range(0, len(sounds), BATCH):
        yield sounds[start : start + BATCH]


def _trouble(audio: np.ndarray) -> str:
    if not np.isfinite(audio).all():
        return "gave values that are no numbers"
    return "gave silence" if np.abs(audio).max(initial=0.0) < SILENT else ""


def _clipped(audio: np.ndarray) -> np.ndarray:
    return np.clip(audio, -1.0, 1.0)


def _refusal(sound: Sound, trouble: str) -> StableAudioError:
    if trouble == NO_ROOM:
        return StableAudioError(NO_MEMORY)
    return StableAudioError(
        f"The model {trouble} for “{sound.brief.prompt}”; try another seed or other words."
    )
