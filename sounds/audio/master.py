"""Make a raw sound ready to be heard beside others: trimmed, faded, even, limited, of exact length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sounds.audio.clean import remove_offset
from sounds.audio.limit import limit
from sounds.audio.loudness import loudness
from sounds.audio.onset import trim_to_onset
from sounds.audio.profile import Profile, profile_named
from sounds.audio.shape import SAMPLE_RATE_HZ, Array, as_frames, from_db, to_db
from sounds.audio.true_peak import true_peak_db

SILENT_DB = -90.0
"""A peak below this is less than one step of a 16-bit file: there is nothing to master."""
TOLERANCE_LU = 1.0
"""How far a master may be from the intended loudness."""
CLOSE_ENOUGH_LU = 0.1
_ROUNDS = 8


class MasteringError(ValueError):
    """The sound cannot be mastered; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mastered:
    """A master and what was done to it.

    Attributes
    ----------
    audio
        float32, shape (frames, 2), frames = round(duration_s · rate_hz); first and last frame are 0.
    gain_db
        The one static gain, against the sound as the engine gave it.
    limited_db
        The limiter's largest reduction; 0 where it had nothing to do.
    loudness_lufs, true_peak_dbtp
        As reached, measured on `audio`. Within 1 LU of the intended loudness, or below it where that
        would have taken more than the profile's deepest limiting.
    trimmed_s
        How much was cut off the start.
    """

    audio: Array
    gain_db: float
    limited_db: float
    loudness_lufs: float
    true_peak_dbtp: float
    trimmed_s: float


class _Level(NamedTuple):
    audio: Array
    gain_db: float
    limited_db: float
    loudness_lufs: float


def master(
    audio: npt.ArrayLike,
    *,
    profile: str = "notification",
    duration_s: float,
    loudness_lufs: float,
    rate_hz: int = SAMPLE_RATE_HZ,
) -> Mastered:
    """Master one sound by a profile; the same input gives the same samples.

    Offset removed → trimmed to the onset → cut or padded to length, faded → one static gain to the
    intended loudness → look-ahead limiter where the ceiling asks for it, the gain made good for what
    the limiter took.

    Parameters
    ----------
    audio
        Shape (frames,), (frames, 1) or (frames, 2); mono becomes stereo.
    duration_s
        Exact length of the master.
    loudness_lufs
        Intended loudness, as `sounds.audio.loudness.loudness` reads it.

    Raises
    ------
    MasteringError
        When the sound is empty, silent, not finite, has more than two channels, or when the length or
        the loudness is not a usable number.
    ValueError
        For an unknown profile.
    """
    row = profile_named(profile)
    frames = _checked_frames(duration_s, loudness_lufs, rate_hz)
    sound = _checked_sound(audio)
    raw_peak = float(np.abs(sound).max())
    # At full scale from the start: a very quiet sound loses nothing to float32's small numbers.
    clean = remove_offset(sound / np.float32(raw_peak), high_pass_hz=row.high_pass_hz, rate_hz=rate_hz)
    trimmed = trim_to_onset(clean, row.lead_in_s, rate_hz=rate_hz)
    shaped = _shaped(trimmed, frames, row, rate_hz)
    level = _even(shaped, loudness_lufs, row, rate_hz)
    return Mastered(
        audio=level.audio,
        gain_db=round(level.gain_db - to_db(raw_peak), 3),
        limited_db=round(level.limited_db, 3),
        loudness_lufs=level.loudness_lufs,
        true_peak_dbtp=true_peak_db(level.audio),
        trimmed_s=(len(clean) - len(trimmed)) / rate_hz,
    )


def _checked_frames(duration_s: float, loudness_lufs: float, rate_hz: int) -> int:
    if not np.isfinite(duration_s) or round(duration_s * rate_hz) < 2:
        raise MasteringError(f"A master cannot be {duration_s} seconds long.")
    if not np.isfinite(loudness_lufs):
        raise MasteringError(f"A master cannot have a loudness of {loudness_lufs} LUFS.")
    return round(duration_s * rate_hz)


def _checked_sound(audio: npt.ArrayLike) -> Array:
    sound = as_frames(audio)
    if not sound.size:
        raise MasteringError("The sound is empty: it has no frames.")
    if sound.shape[1] > 2:
        raise MasteringError(f"The sound has {sound.shape[1]} channels; mono or stereo can be mastered.")
    if not np.isfinite(sound).all():
        raise MasteringError("The sound holds values that are not finite numbers.")
    if (peak_db := to_db(float(np.abs(sound).max()))) < SILENT_DB:
        raise MasteringError(f"The sound is silent: its peak is {peak_db:.0f} dBFS.")
    return np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound


def _shaped(sound: Array, frames: int, row: Profile, rate_hz: int) -> Array:
    """Exactly `frames` long and faded at both ends of what sounds, shape (frames, 2)."""
    shaped = np.zeros((frames, sound.shape[1]), dtype=np.float32)
    length = min(frames, len(sound))
    shaped[:length] = sound[:length]
    fade_in = _fade(min(round(row.fade_in_s * rate_hz), length // 4))
    fade_out = _fade(min(round(row.fade_out_s * rate_hz), length // 2))
    shaped[: len(fade_in)] *= fade_in
    shaped[length - len(fade_out) : length] *= fade_out[::-1]
    return shaped


def _fade(frames: int) -> Array:
    """A raised cosine from exactly 0 towards 1, shape (frames, 1), at least one frame long."""
    frames = max(1, frames)
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / frames)).astype(np.float32)[:, None]


def _even(shaped: Array, target_lufs: float, row: Profile, rate_hz: int) -> _Level:
    """Bring to loudness under the ceiling, by the gentlest limiter that gets there."""
    best: _Level | None = None
    for limiter in row.limiters:
        level = _levelled(shaped, target_lufs, limiter, row, rate_hz)
        if best is None or level.loudness_lufs > best.loudness_lufs:
            best = level
        if best.loudness_lufs > target_lufs - TOLERANCE_LU:
            break
    assert best is not None
    return best


def _levelled(
    shaped: Array, target_lufs: float, limiter: tuple[float, float], row: Profile, rate_hz: int
) -> _Level:
    """Gain and limiter in turns, until what the limiter takes is made good."""
    reached = loudness(shaped, rate_hz)
    peak_db = true_peak_db(shaped)
    if peak_db < SILENT_DB:
        raise MasteringError("The sound is silent once its offset is removed and its ends are faded.")
    # Gains in steps of 0.001 dB: a last bit that differs between processors changes no sample.
    highest_db = round(row.ceiling_dbtp + row.deepest_limiting_db - peak_db, 3)
    gain_db, step_db = 0.0, target_lufs - reached
    for _ in range(_ROUNDS):
        lufs_then, gain_then = reached, gain_db
        gain_db = round(min(gain_db + step_db, highest_db), 3)
        loud = shaped * np.float32(from_db(gain_db))
        audio, limited_db = limit(
            loud,
            ceiling_db=row.ceiling_dbtp,
            look_ahead_s=limiter[0],
            release_db_per_s=limiter[1],
            rate_hz=rate_hz,
        )
        reached = loudness(audio, rate_hz)  # not before + gain: the gates of long sounds do not scale
        missing = target_lufs - reached
        if abs(missing) < CLOSE_ENOUGH_LU or gain_db == gain_then or (missing > 0 and gain_db == highest_db):
            break
        # The deeper the limiter works, the less loudness a decibel of gain yields.
        step_db = missing / min(1.0, max(0.2, (reached - lufs_then) / (gain_db - gain_then)))
    return _Level(audio, gain_db, limited_db, reached)
