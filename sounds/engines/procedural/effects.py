"""Tone and room: filters, echo and reverb, all as one multiplication in the spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import Array, decay

Spectrum = npt.NDArray[np.complex64]

RIPPLES = 5

_SIZES = tuple(sorted(base << power for base in (2, 3) for power in range(13, 19)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """Filters over the whole sound.

    Attributes
    ----------
    high_pass_hz, low_pass_hz
        Corners, second order.
    tilt_db
        Gain of a shelf above 1.5 kHz, half of it taken from what lies below.
    """

    high_pass_hz: float = 70.0
    low_pass_hz: float = 12_000.0
    tilt_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Repeats that go from ear to ear.

    Attributes
    ----------
    time_s, level, feedback
        Delay of the first, its level, and the level of each to the one before.
    pingpong
        0 … 1: how far to the sides they go.
    """

    time_s: float = 0.13
    level: float = 0.0
    feedback: float = 0.4
    pingpong: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverb:
    """A room.

    Attributes
    ----------
    time_s
        Decay by 60 dB at mid frequencies.
    level
        Energy of the room against that of the dry sound, as an amplitude.
    dark
        0 … 1: how much faster the treble dies.
    predelay_s
        Before the first reflection.
    """

    time_s: float = 0.6
    level: float = 0.1
    dark: float = 0.5
    predelay_s: float = 0.008


def apply(
    sound: Array, *, tone: Tone, echo: Echo, reverb: Reverb, wet: float = 1.0, ripple_db: Array | None = None
) -> Array:
    """Filter a sound and put it into its room.

    Parameters
    ----------
    sound
        float32, shape (2, frames).
    wet
        Gain of echo and reverb. It is none of their parameters because rooms are kept, and every take
        has another.
    ripple_db
        Gains of slow waves across the spectrum, shape (`RIPPLES`,): as if the microphone had moved a hand.

    Returns
    -------
    np.ndarray
        float32, shape (2, frames): what rings beyond the end is cut.
    """
    frames = sound.shape[1]
    tail_s = max(reverb.time_s * 1.1 + reverb.predelay_s, 8.0 * echo.time_s * (echo.level > 0))
    size = fast_size(frames + min(frames, int(tail_s * SAMPLE_RATE_HZ)))
    filters, room = _room(tone, echo, reverb, size)
    spectrum = np.fft.rfft(sound, size)
    if ripple_db is not None:
        spectrum *= np.exp(ripple_db @ _ripples(size))
    middle = spectrum[0] + spectrum[1]
    spectrum *= filters
    spectrum += room * (np.float32(wet) * middle)
    return np.fft.irfft(spectrum, size)[:, :frames].astype(np.float32, copy=False)


@lru_cache(maxsize=12)
def _ripples(size: int) -> Array:
    """Cosines over log frequency, shape (`RIPPLES`, size / 2 + 1), scaled so that exp() reads decibels."""
    octaves = np.log2(np.maximum(np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE_HZ), 1.0) / 60.0)
    place = np.clip(octaves / 8.0, 0.0, 1.0)
    waves = np.cos(np.pi * np.arange(1, RIPPLES + 1)[:, None] * place)
    return (waves * np.log(10.0) / 20.0).astype(np.float32)


def fast_size(frames: int) -> int:
    """The next length out of a few (2ⁿ and 3·2ⁿ), so that rooms of nearly equal sounds are shared."""
    return next((size for size in _SIZES if size >= frames), _SIZES[-1])


@lru_cache(maxsize=40)
def _room(tone: Tone, echo: Echo, reverb: Reverb, size: int) -> tuple[Spectrum, Spectrum]:
    """The filters' response, and that of echo and reverb to the sum of both channels for each ear."""
    filters = response(tone, size)
    repeats = np.fft.rfft(_repeats(echo, size))
    space = np.fft.rfft(_reflections(reverb)[:, : size // 2], size)
    # The room hears the repeats too. What is longer than half the transform would come round again.
    tail = np.fft.irfft(repeats + space * (1.0 + repeats.mean(axis=0)), size)[:, : size // 2]
    room = 0.5 * np.fft.rfft(tail, size)
    return filters.astype(np.complex64), (filters * room).astype(np.complex64)


def response(tone: Tone, size: int) -> npt.NDArray[np.complex128]:
    """Complex response of the filters at the frequencies of an rfft of ``size``.

    Analogue prototypes (Butterworth, and a first-order shelf) taken at s = if/f_c: minimum phase, so no
    sound comes before its time.
    """
    s = 1j * np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE_HZ)
    high, low = s / tone.high_pass_hz, s / tone.low_pass_hz
    root_2 = 2.0**0.5
    passed = high**2 / (high**2 + root_2 * high + 1.0) / (low**2 + root_2 * low + 1.0)
    gain = 10.0 ** (tone.tilt_db / 40.0)
    shelf = s / 1_500.0
    return passed * (gain * shelf + 1.0 / gain) / (shelf + 1.0)


def _repeats(echo: Echo, size: int) -> npt.NDArray[np.float32]:
    """One impulse a repeat and ear."""
    repeats = np.zeros((2, size), dtype=np.float32)
    level, ear = echo.level, 0
    for count in range(1, 9):
        at = round(count * echo.time_s * SAMPLE_RATE_HZ)
        if level < 0.002 or at >= size // 2:
            break
        repeats[ear, at] += level * (1.0 + echo.pingpong) / 2.0
        repeats[1 - ear, at] += level * (1.0 - echo.pingpong) / 2.0
        level, ear = level * echo.feedback, 1 - ear
    return repeats


@lru_cache(maxsize=16)
def _reflections(reverb: Reverb) -> npt.NDArray[np.float32]:
    """Noise whose treble dies first, another for each ear; the room is the theme's, not the take's."""
    start, frames = round(reverb.predelay_s * SAMPLE_RATE_HZ), int(1.1 * reverb.time_s * SAMPLE_RATE_HZ)
    late = np.zeros((2, start + frames), dtype=np.float32)
    if not reverb.level or frames < 16:
        return late
    size = fast_size(frames)
    noise = np.random.default_rng(1729).standard_normal((2, size), dtype=np.float32)
    spectrum, frequencies_hz = np.fft.rfft(noise), np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE_HZ)
    for number, (low_hz, high_hz) in enumerate(pairwise((0.0, 800.0, 2_500.0, 7_000.0, SAMPLE_RATE_HZ / 2))):
        inside = (frequencies_hz >= low_hz) & (frequencies_hz < high_hz)
        t60_s = reverb.time_s * (1.0 - 0.28 * reverb.dark * number)
        loudness = np.float32(1.0 - 0.25 * reverb.dark * number)
        late[:, start:] += np.fft.irfft(spectrum * inside, size)[:, :frames] * (
            loudness * decay(frames, t60_s)
        )
    swell = late[:, start : start + round(0.012 * SAMPLE_RATE_HZ)]  # the first reflections come in over 12 ms
    swell *= np.linspace(0.0, 1.0, swell.shape[1], dtype=np.float32)
    late *= reverb.level / np.sqrt(np.mean(np.sum(late**2, axis=1)))
    return late
