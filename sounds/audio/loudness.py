"""How loud a sound is to an ear: ITU-R BS.1770-4, its momentary maximum for short sounds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sounds.audio.shape import FLOOR_DB, SAMPLE_RATE_HZ, Array, as_frames, fast_length

WINDOW_S = 0.4
"""The momentary window (EBU Tech 3341) and the gating block (BS.1770-4)."""
STEP_S = 0.1
"""Gating blocks overlap by 75 %."""
INTEGRATED_FROM_S = 3.0
"""From here on a sound is heard as a passage: integrated loudness instead of the loudest moment."""
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
CALIBRATION_LU = -0.691
"""Makes a 997 Hz sine at 0 dBFS in one channel read −3.01 LKFS (BS.1770-4, equation 2)."""

_TAIL_S = 0.1  # by then the slower pole pair (38 Hz, Q 0.5) has decayed by 200 dB
_BLOCK_S = 1.5  # spectra of more do not fit the processor's cache


def loudness(audio: npt.ArrayLike, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Loudness as the studio states it, in LUFS.

    The momentary maximum below 3 s, the integrated loudness from 3 s on: a chime with a long tail is
    as loud as its strike, a passage as loud as its whole.
    """
    sound = as_frames(audio)
    measured = momentary_max if len(sound) < INTEGRATED_FROM_S * rate_hz else integrated
    return measured(sound, rate_hz)


def momentary_max(audio: npt.ArrayLike, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Loudness of the loudest 400 ms, in LUFS.

    Parameters
    ----------
    audio
        Shape (frames, channels); every channel weighs 1.0, as left and right do.
    rate_hz
        Sample rate; the K-weighting is computed for it, nothing is resampled.

    Returns
    -------
    float
        −120.0 for silence and for no frames at all. A sound shorter than 400 ms is padded with
        silence, so it reads as its energy spread over 400 ms.
    """
    return _loudest(_energy(as_frames(audio), rate_hz), rate_hz)


def integrated(audio: npt.ArrayLike, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Gated programme loudness (BS.1770-4, equations 3 to 7), in LUFS.

    −120.0 where no block passes the absolute gate of −70 LUFS. Below 400 ms there is one block, padded
    with silence.
    """
    energy = _energy(as_frames(audio), rate_hz)
    window = round(WINDOW_S * rate_hz)
    starts = np.arange(0, max(1, len(energy) - window), round(STEP_S * rate_hz))
    ends = np.minimum(starts + window, len(energy) - 1)
    powers = (energy[ends] - energy[starts]) / window
    powers = powers[powers > _power(ABSOLUTE_GATE_LUFS)]
    if not powers.size:
        return FLOOR_DB
    gate = powers.mean() * 10.0 ** (RELATIVE_GATE_LU / 10.0)
    return _lufs(float(powers[powers > gate].mean()))


def k_weighting(frequency_hz: npt.ArrayLike, rate_hz: int = SAMPLE_RATE_HZ) -> Array:
    """The complex K-weighting response at some frequencies, as the digital filter at `rate_hz` has it.

    BS.1770 tabulates its two biquads for 48 kHz only. Their analogue prototypes (a shelf of 4.0 dB at
    1682 Hz, a high-pass at 38 Hz), recovered by Brecht De Man, "Evaluation of implementations of the
    EBU R128 loudness measurement" (2018), give the tabulated coefficients at 48 kHz and the right
    ones at any other rate through the bilinear transform.
    """
    z = np.exp(-2j * np.pi * np.asarray(frequency_hz, dtype=np.float64) / rate_hz)
    shelf, high_pass = biquads(rate_hz)
    return _response(shelf, z) * _response(high_pass, z)


def biquads(rate_hz: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coefficients (b0, b1, b2, a1, a2) of the shelf and of the high-pass; see `k_weighting`."""
    k = np.tan(np.pi * 1681.974450955533 / rate_hz)
    q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    middle = high**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    shelf = (
        (high + middle * k / q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - middle * k / q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / q + k * k) / a0,
    )
    k = np.tan(np.pi * 38.13547087602444 / rate_hz)
    q = 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    high_pass = (1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0)
    return tuple(map(float, shelf)), tuple(map(float, high_pass))


def _response(biquad: tuple[float, ...], z: Array) -> Array:
    b0, b1, b2, a1, a2 = biquad
    return (b0 + z * (b1 + z * b2)) / (1.0 + z * (a1 + z * a2))


@lru_cache(maxsize=32)
def _kernel(size: int, rate_hz: int) -> Array:
    return k_weighting(np.fft.rfftfreq(size, 1.0 / rate_hz), rate_hz).astype(np.complex64)


def _energy(sound: Array, rate_hz: int) -> Array:
    """Running sum of the K-weighted power over all channels, shape (frames + 1,), from 0.

    The filter is applied as a product of spectra: as exact as the recursion where the padding outlasts
    its impulse response, and scipy.signal, 0.6 s of every command's start, stays unloaded.
    """
    frames, tail, block = len(sound), round(_TAIL_S * rate_hz), round(_BLOCK_S * rate_hz)
    size = fast_length(tail + min(frames, block))
    padded = np.zeros((sound.shape[1], tail + frames), dtype=np.float32)
    padded[:, tail:] = sound.T
    energy = np.zeros(frames + 1)
    for start in range(0, frames, block):
        end = min(start + block, frames)
        spectrum = np.fft.rfft(padded[:, start : end + tail], size) * _kernel(size, rate_hz)
        # Overlap-save: what wraps around lands in the tail of the block before, which is left out.
        weighted = np.fft.irfft(spectrum, size)[:, tail : tail + end - start]
        power = np.einsum("cf,cf->f", weighted, weighted)
        energy[start + 1 : end + 1] = energy[start] + np.cumsum(power, dtype=np.float64)
    return energy


def _loudest(energy: Array, rate_hz: int) -> float:
    window = round(WINDOW_S * rate_hz)
    if len(energy) <= window:
        return _lufs(float(energy[-1]) / window)
    return _lufs(float(np.max(energy[window:] - energy[:-window])) / window)


def _lufs(power: float) -> float:
    return max(FLOOR_DB, CALIBRATION_LU + 10.0 * float(np.log10(power))) if power > 0.0 else FLOOR_DB


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - CALIBRATION_LU) / 10.0))
