"""Ping-pong sampling: denoise fully, add less noise, eight times over.

The schedule and the order in which noise is drawn are those of stable-audio-tools' ``sample_rf`` with
``sample_flow_pingpong``, for one sound a call; here every sound of a batch draws from a generator of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from sounds.engines.stable_audio.config import STEPS
from sounds.engines.stable_audio.dit import Context

Velocity = Callable[[Tensor, float, Context], Tensor]
Wanted = Callable[[int], list[bool]]
"""Called after each step with its number, 1 … 8; tells which of the sounds that are left go on."""


class Noise:
    """Noise of one sound, always from the CPU, so that every device starts the same.

    Parameters
    ----------
    shape
        (channels, latents).
    """

    def __init__(self, seed: int, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.generator = torch.Generator("cpu").manual_seed(seed)

    def draw(self) -> Tensor:
        return torch.randn((1, *self.shape), generator=self.generator)[0]


def schedule(steps: int = STEPS) -> list[float]:
    """Times from 1 to 0: even in the logarithm of signal to noise, −6 to 2, with both ends put right."""
    log_snr = torch.linspace(-6, 2, steps + 1)
    times = torch.sigmoid(-log_snr)
    times[0], times[-1] = 1, 0
    return [float(time) for time in times]


def diffuse(velocity: Velocity, context: Context, noise: Sequence[Noise], wanted: Wanted) -> Tensor:
    """Make the latents of a batch.

    Returns
    -------
    Tensor
        float32, shape (sounds still wanted, channels, latents).
    """
    noise = list(noise)
    x = torch.stack([one.draw() for one in noise])
    times = schedule()
    for number, (time, following) in enumerate(pairwise(times), start=1):
        denoised = x - time * velocity(x, time, context)
        x = (1 - following) * denoised + following * torch.stack([one.draw() for one in noise])
        left = [row for row, still in enumerate(wanted(number)) if still]
        if len(left) < len(noise):
            x, context, noise = x[left], context.keep(left), [noise[row] for row in left]
        if not left:
            break
    return x
