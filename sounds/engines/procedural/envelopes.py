"""Shapes of loudness over time: attacks, decays, dampings, fades."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sounds.brief import SAMPLE_RATE_HZ

Array = npt.NDArray[np.float32]

_SILENT = -46.0  # −400 dB: what is smaller still is slow to compute with and nothing to hear

LN_60_DB = 6.907755  # ln(1000): an exponential of rate LN_60_DB / t60 has fallen by 60 dB after t60


def decay(frames: int, t60_s: float) -> Array:
    """An exponential fall from 1 that reaches −60 dB after ``t60_s``; float32, shape (frames,)."""
    block = 256  # exp of two short ramps, multiplied, is ten times faster than exp of a long one
    rate = LN_60_DB / (t60_s * SAMPLE_RATE_HZ)
    coarse = np.exp(np.maximum(-rate * block * np.arange(-(-frames // block)), _SILENT))
    fine = np.exp(-rate * np.arange(block))
    return np.multiply.outer(coarse, fine).astype(np.float32).reshape(-1)[:frames]


def attack(sound: Array, attack_s: float) -> Array:
    """Raise the beginning of ``sound`` from nothing by half a cosine, in place; last axis is time."""
    frames = min(sound.shape[-1], max(2, round(attack_s * SAMPLE_RATE_HZ)))
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)
    sound[..., :frames] *= ramp.astype(np.float32)
    return sound


def damp(sound: Array, held_frames: int, release_s: float) -> Array:
    """Let ``sound`` die away over ``release_s`` (to −60 dB) once it is no longer held, in place."""
    left = sound.shape[-1] - held_frames
    if left > 0:
        sound[..., held_frames:] *= decay(left, release_s)
    return sound


def fade_out(sound: Array, frames: int) -> Array:
    """Bring the end of ``sound`` to nothing by half a cosine, in place; last axis is time."""
    frames = min(frames, sound.shape[-1])
    ramp = 0.5 + 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)
    sound[..., sound.shape[-1] - frames :] *= ramp.astype(np.float32)
    return sound


def in_steps(envelope: Array, *, levels: int, rate_hz: float) -> Array:
    """The volume register of a sound chip: ``levels`` levels, changed ``rate_hz`` times a second.

    The edges are 1.5 ms long instead of one sample, so that a step is heard as a step, not a click.
    """
    period = SAMPLE_RATE_HZ / rate_hz
    ticks = np.minimum(np.arange(int(len(envelope) / period) + 2) * period, len(envelope) - 1).astype(np.intp)
    stepped = np.ceil(envelope[ticks] * levels - 0.25) / levels
    edge = 0.0015 * SAMPLE_RATE_HZ
    corners = np.stack([ticks, ticks + edge], axis=1).reshape(-1)
    values = np.stack([np.concatenate([stepped[:1], stepped[:-1]]), stepped], axis=1).reshape(-1)
    return np.interp(np.arange(len(envelope)), corners, values).astype(np.float32)
