"""What every layer of a voice has in common, and the strike that makes it sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import Array, attack, damp, decay

WHEN = ("all", "first", "last", "rough", "bloom", "melody")
"""Notes a layer may be kept for: the first, the last, rough ones, those with the chord, those without."""

RING = 1.6
"""A body that nothing damps takes at least this share of what is left of the sound to fall by 60 dB."""
URGENT_HZ = 10.0
"""Pulses a second of an urgent sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One pitch being struck.

    Attributes
    ----------
    frequency_hz
        Its pitch; that of a layer is transposed.
    note_hz
        Pitch of the melody's note: what is struck together decays together.
    glide
        Semitones it moves while it is held.
    frames
        Frames from here to the end of the whole sound.
    held
        Frames until it is damped.
    stretch
        How much longer than nominal the whole sound is; decays follow.
    decay
        How much longer than usual things ring in this take.
    brightness, urgency
        Knobs, −1 … 1.
    soften_s, ring
        Shortest attack, and how much of `RING` holds: see `Voice`.
    chord
        Semitones of the theme's chord around it, where it blooms.
    random, loose
        Where a take's small differences come from, and how large they are; 1 is usual.
    """

    frequency_hz: float
    note_hz: float
    frames: int
    held: int
    random: np.random.Generator
    loose: float = 1.0
    glide: float = 0.0
    stretch: float = 1.0
    decay: float = 1.0
    brightness: float = 0.0
    urgency: float = 0.0
    soften_s: float = 0.0
    ring: float = 1.0
    chord: tuple[float, ...] = ()

    def about(self, octaves: float) -> float:
        """A factor that differs from take to take, up to ``octaves`` either way."""
        return float(2.0 ** (self.loose * self.random.uniform(-octaves, octaves)))

    @property
    def glide_s(self) -> float:
        """How long most of the glide takes: about a third of the note."""
        return min(max(0.3 * min(self.held, self.frames) / SAMPLE_RATE_HZ, 0.05), 0.6)

    @property
    def undamped(self) -> bool:
        """Whether nothing damps it before the sound ends."""
        return self.held >= self.frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One part of a voice: body, transient, air.

    Attributes
    ----------
    level
        Amplitude; 1 is that of a body.
    semitones
        Transposition against the note.
    attack_s
        Rise time.
    decay_s
        Time to fall by 60 dB, of a note at 440 Hz that nothing damps.
    release_s
        Time to fall by 60 dB once it is damped.
    track
        How much faster high notes decay: 0 not at all, 1 in proportion to their pitch.
    ring
        A body rings to the end of the sound when its note is held that long, and decays more slowly in
        a longer sound; a transient (false) keeps its own time.
    pan
        Offset to the note's place, −1 … 1.
    delay_s
        How long after the note it comes, as a latch after a key.
    when
        Notes it sounds on, one of `WHEN`.
    tremolo_hz, tremolo
        Rate and depth (0 … 1) of a throbbing loudness, as of a vibraphone's motor.
    """

    level: float = 1.0
    semitones: float = 0.0
    attack_s: float = 0.004
    decay_s: float = 0.5
    release_s: float = 0.25
    track: float = 0.3
    ring: bool = True
    pan: float = 0.0
    delay_s: float = 0.0
    when: str = "all"
    tremolo_hz: float = 5.0
    tremolo: float = 0.0

    def check(self) -> None:
        """Raise ``ValueError`` when a value cannot be."""
        bounds = {
            "level": (0, 4),
            "semitones": (-48, 48),
            "attack_s": (0.0005, 1),
            "decay_s": (0.005, 20),
            "release_s": (0.005, 20),
            "track": (-1, 2),
            "pan": (-1, 1),
            "delay_s": (0, 2),
            "tremolo_hz": (0.1, 30),
            "tremolo": (0, 1),
        }
        for name, (low, high) in bounds.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must lie in {low} … {high}, not {getattr(self, name)}")
        if self.when not in WHEN:
            raise ValueError(f"when must be one of {', '.join(WHEN)}, not {self.when!r}")

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        """The bare sound, shape (frames,) or (2, frames) for left and right."""
        raise NotImplementedError

    def sound(self, strike: Strike) -> Array:
        """The layer as ``strike`` makes it sound, shape (frames,) or (2, frames)."""
        t60_s = self.t60_s(strike)
        frames = self.audible_frames(strike, t60_s)
        sound = self.tone(strike, t60_s, frames)
        attack(sound, max(self.attack_s, strike.soften_s) * 2.0**-strike.urgency)
        if self.ring:
            damp(sound, strike.held, self.release_s * min(strike.stretch, 2.0))
            self._throb(sound, strike.urgency)
        sound *= np.float32(self.level)
        return sound

    def _throb(self, sound: Array, urgency: float) -> None:
        """The layer's tremolo, or the quick pulsing of an urgent sound, in place."""
        depth, rate_hz = self.tremolo, self.tremolo_hz
        if urgency > 0:
            depth, rate_hz = max(depth, 0.8 * urgency), max(rate_hz, URGENT_HZ)
        if depth:
            turns = np.arange(sound.shape[-1], dtype=np.float32) * np.float32(
                2.0 * np.pi * rate_hz / SAMPLE_RATE_HZ
            )
            sound *= (1.0 - 0.5 * depth) + np.float32(0.5 * depth) * np.cos(turns)

    def audible_frames(self, strike: Strike, t60_s: float) -> int:
        """Frames worth rendering: until 66 dB below the start, or until the sound ends."""
        frames = 1.1 * t60_s * SAMPLE_RATE_HZ
        if self.ring:
            released = strike.held + 1.1 * self.release_s * min(strike.stretch, 2.0) * SAMPLE_RATE_HZ
            frames = min(frames, released)
        return max(64, min(strike.frames, int(frames) + round(self.attack_s * SAMPLE_RATE_HZ)))

    def t60_s(self, strike: Strike) -> float:
        """Decay time of this strike: by pitch and length, and long enough to ring to the end."""
        t60_s = self.decay_s * strike.decay * (440.0 / strike.note_hz) ** self.track
        if not self.ring:
            return t60_s
        t60_s *= strike.stretch
        left_s = strike.frames / SAMPLE_RATE_HZ
        return max(t60_s, RING * strike.ring * strike.decay * left_s) if strike.undamped else t60_s


def enveloped(tone: Array, t60_s: float) -> Array:
    """A steady tone given an exponential decay, in place."""
    tone *= decay(tone.shape[-1], t60_s)
    return tone
