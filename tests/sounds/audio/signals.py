"""Sounds to test with, made from a few numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sounds.audio.shape import Array

RATE_HZ = 44_100


def sine(frequency_hz: float, duration_s: float, *, level: float = 1.0, rate_hz: int = RATE_HZ) -> Array:
    """One channel, shape (frames,)."""
    time = np.arange(round(duration_s * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * frequency_hz * time)).astype(np.float32)


def stereo(left: Array, right: Array | None = None) -> Array:
    return np.stack([left, left if right is None else right], axis=1).astype(np.float32)


def chime(frequency_hz: float = 660.0, duration_s: float = 1.0, *, wait_s: float = 0.0) -> Array:
    """Decaying partials after some silence, shape (frames, 2)."""
    time = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    partials = (
        np.sin(2 * np.pi * frequency_hz * k * time) * np.exp(-time * (4 + 3 * k)) / k for k in (1, 2, 3)
    )
    struck = np.sum(list(partials), axis=0) * np.minimum(1.0, time / 0.004) * 0.3
    return stereo(np.concatenate([np.zeros(round(wait_s * RATE_HZ)), struck]))


def noise(duration_s: float = 1.0, *, seed: int = 0, level: float = 0.1) -> Array:
    """White, shape (frames, 2)."""
    shape = (round(duration_s * RATE_HZ), 2)
    return (np.random.default_rng(seed).standard_normal(shape) * level).astype(np.float32)


def click(*, frames: int = 400, seed: int = 0) -> Array:
    """A burst of a few milliseconds in half a second, shape (frames, 2)."""
    sound = np.zeros((RATE_HZ // 2, 2), dtype=np.float32)
    sound[2000 : 2000 + frames] = noise(1.0, seed=seed, level=0.3)[:frames]
    sound[2000 : 2000 + frames] *= np.exp(-np.arange(frames) / (frames / 5))[:, None]
    return sound


@st.composite
def raw_sounds(draw: st.DrawFn) -> Array:
    """What an engine might hand over: tones, noise or clicks; late, off-centre, quiet, loud or mono."""
    kind = draw(st.sampled_from(["tone", "noise", "click"]))
    duration_s = draw(st.floats(0.02, 2.0))
    seed = draw(st.integers(0, 1000))
    if kind == "tone":
        sound = stereo(sine(draw(st.floats(60.0, 12_000.0)), duration_s))
    elif kind == "noise":
        sound = noise(duration_s, seed=seed)
    else:
        sound = click(frames=draw(st.integers(50, 2000)), seed=seed)
    decay = np.exp(-np.arange(len(sound)) / RATE_HZ * draw(st.floats(0.0, 30.0)))[:, None]
    wait = np.zeros((draw(st.integers(0, 8000)), 2), dtype=np.float32)
    sound = np.concatenate([wait, sound * decay]) * 10.0 ** draw(st.floats(-3.0, 1.5))
    sound = sound + np.abs(sound).max() * draw(st.sampled_from([0.0, 0.0, 0.2]))
    return (sound[:, :1] if draw(st.booleans()) else sound).astype(np.float32)
