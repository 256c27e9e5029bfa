"""Plays a score on a voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from sounds.brief import SAMPLE_RATE_HZ, Brief
from sounds.engines.procedural.effects import RIPPLES, apply
from sounds.engines.procedural.envelopes import Array, fade_out
from sounds.engines.procedural.layer import Layer, Strike
from sounds.engines.procedural.oscillators import Chip
from sounds.engines.procedural.voice import Voice
from sounds.prompts.score import BEAT_S, Note, Score

PEAK = 0.7
"""Peak of what comes out: room for the mastering to work in."""

SMALL_SPEAKER_HZ = 300.0
"""Below this a laptop is deaf: lower notes are carried by their overtones."""

RIPPLE_DB = 1.4
"""How far the colour of one take is from another's, in each of a few slow waves across the spectrum."""

_LAST_ONSET = 0.62  # share of the sound by which the last note must have begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """The positions that the player uses, −1 … 1; length is already in the Brief's duration."""

    brightness: float = 0.0
    urgency: float = 0.0
    pitch: float = 0.0
    tempo: float = 0.0
    space: float = 0.0

    @classmethod
    def of(cls, knobs: Mapping[str, float], bias: Mapping[str, float]) -> Knobs:
        """The person's positions and those the words of the prompt add."""
        sums = {f.name: knobs.get(f.name, 0.0) + bias.get(f.name, 0.0) for f in fields(cls)}
        return cls(**{name: max(-1.0, min(1.0, position)) for name, position in sums.items()})


def play(brief: Brief) -> Array:
    """Render a Brief.

    Returns
    -------
    np.ndarray
        float32, shape (``brief.frames``, 2), peak `PEAK`. The first note starts on the first frame and
        the last rings to the end.
    """
    voice, score = Voice.from_dict(brief.voice), Score.from_dict(brief.score)
    knobs = Knobs.of(brief.knobs, voice.bias)
    random = np.random.Generator(np.random.PCG64(brief.seed))
    stretch = brief.duration_s / score.length_s
    notes = sorted(score.notes, key=lambda note: note.at)
    hand = _Hand(
        voice=voice,
        knobs=knobs,
        random=random,
        stretch=stretch,
        beat_s=_beat_s(voice, notes, knobs, brief.duration_s, stretch),
        decay=2.0 ** (voice.loose * random.uniform(-0.2, 0.2)),
        brightness=voice.loose * random.uniform(-0.18, 0.18),
        balance=tuple(_gain(voice.loose * random.uniform(-2.5, 2.5)) for _ in voice.layers),
        wet=_gain(voice.loose * random.uniform(-2.0, 2.0)),
        ripple_db=(voice.loose * random.uniform(-RIPPLE_DB, RIPPLE_DB, RIPPLES)).astype(np.float32),
    )
    dry = np.zeros((2, brief.frames), dtype=np.float32)
    for number, note in enumerate(notes):
        hand.play(dry, note, first=number == 0, last=number == len(notes) - 1)
    return _finish(dry, hand)


def _beat_s(voice: Voice, notes: list[Note], knobs: Knobs, duration_s: float, stretch: float) -> float:
    """Length of a beat: stretched with the sound, and so that the last note has time to ring."""
    speed = voice.tempo * 2.0 ** (0.7 * knobs.tempo + 0.25 * knobs.urgency)
    beat_s = BEAT_S * stretch / speed
    last = max(_swung(note.at, voice.swing) for note in notes)
    return min(beat_s, _LAST_ONSET * duration_s / last) if last else beat_s


def _swung(at: float, swing: float) -> float:
    """A place in beats, the second of every two beats being late by ``swing``."""
    pair, within = divmod(at, 2.0)
    warped = within * (1.0 + swing) if within <= 1.0 else 1.0 + swing + (within - 1.0) * (1.0 - swing)
    return 2.0 * pair + warped


def _gain(level_db: float) -> float:
    return float(10.0 ** (level_db / 20.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hand:
    """The player's hand on one take: its tempo, and how it differs from other takes."""

    voice: Voice
    knobs: Knobs
    random: np.random.Generator
    stretch: float
    beat_s: float
    decay: float
    brightness: float
    balance: tuple[float, ...]
    wet: float
    ripple_db: Array

    def play(self, dry: Array, note: Note, *, first: bool, last: bool) -> None:
        """Add a note, and the theme's chord where it blooms, to ``dry``."""
        late_s = 0.0 if first else self._about(0.004)
        start = max(0, round((_swung(note.at, self.voice.swing) * self.beat_s + late_s) * SAMPLE_RATE_HZ))
        left = dry.shape[1] - start
        held = left if last else min(left, round(note.length * self.beat_s * SAMPLE_RATE_HZ))
        gain = note.level * _gain(self._about(1.5))
        pan = note.pan * self.voice.width + self._about(0.06)
        decay = self.decay * 2.0 ** self._about(0.2)
        for pitch, level, added in self._pitches(note):
            strike = self._strike(note, pitch, added, left, held, decay)
            for layer, balance in zip(self.voice.layers, self.balance, strict=True):
                weight = level * balance * _weight(layer, note, first, last, added)
                delay = round(layer.delay_s * SAMPLE_RATE_HZ)
                if weight and delay < left:
                    sound = layer.sound(_struck(strike, layer, delay))
                    _mix(dry, sound, start + delay, gain * weight, pan + layer.pan)

    def _pitches(self, note: Note) -> list[tuple[float, float, bool]]:
        """Semitones, level, and whether it was added by the chord, for all that is struck together."""
        share = len(note.semitones) ** -0.5
        pitches = [(pitch, share, False) for pitch in note.semitones]
        if note.bloom and not self._arpeggiates:
            level = self.voice.chord_level * note.bloom
            pitches += [(step, level, True) for step in self.voice.chord if step not in note.semitones]
        return pitches

    @property
    def _arpeggiates(self) -> bool:
        """Whether some layer runs through the chord itself."""
        return any(isinstance(layer, Chip) and layer.arpeggio_hz for layer in self.voice.layers)

    def _strike(self, note: Note, pitch: float, added: bool, left: int, held: int, decay: float) -> Strike:
        semitones = pitch + self._about(0.05)
        runs = bool(note.bloom) and not added
        return Strike(
            frequency_hz=self._hz(semitones),
            note_hz=self._hz(note.semitones[0]),
            frames=left,
            held=held,
            random=self.random,
            loose=self.voice.loose,
            glide=note.glide,
            stretch=self.stretch,
            decay=decay * (0.7 if added else 1.0),
            brightness=self._brightness(note),
            urgency=self.knobs.urgency,
            soften_s=self.voice.soften_s,
            ring=0.0 if added else self.voice.ring,  # the chord gives way to its melody
            chord=tuple(step - pitch for step in self.voice.chord) if runs else (),
        )

    def _brightness(self, note: Note) -> float:
        """The knob, this take's difference, and more overtones for notes too low for small speakers."""
        below = np.log2(SMALL_SPEAKER_HZ / self._hz(note.semitones[0]))
        help_up = 0.5 * float(np.clip(below, 0.0, 1.5))
        return self.knobs.brightness + self.brightness + self._about(0.15) + help_up

    def _hz(self, semitones: float) -> float:
        semitones += self.voice.tune + 12.0 * self.knobs.pitch
        return self.voice.tonic_hz * 2.0 ** (semitones / 12.0)

    def _about(self, most: float) -> float:
        """A small random difference either way."""
        return self.voice.loose * self.random.uniform(-most, most)


def _struck(strike: Strike, layer: Layer, delay: int) -> Strike:
    """The strike as one layer takes it: transposed and late."""
    return replace(
        strike,
        frequency_hz=strike.frequency_hz * 2.0 ** (layer.semitones / 12.0),
        frames=strike.frames - delay,
        held=max(strike.held - delay, 1),
    )


def _weight(layer: Layer, note: Note, first: bool, last: bool, added: bool) -> float:
    """How loud a layer is on a note, 0 when it is not for it."""
    if added and not layer.ring:
        return 0.0  # the chord has no transients of its own
    if layer.when in ("rough", "bloom"):
        return note.rough if layer.when == "rough" else note.bloom
    heard = {"all": True, "first": first, "last": last, "melody": not added}
    return 1.0 if heard[layer.when] else 0.0


def _mix(dry: Array, sound: Array, start: int, gain: float, pan: float) -> None:
    """Add a sound at a place between the ears, with constant power."""
    angle = (np.clip(pan, -1.0, 1.0) + 1.0) * np.pi / 4.0
    gains = np.float32(gain * 2.0**0.5) * np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    dry[:, start : start + sound.shape[-1]] += gains[:, None] * sound


def _finish(dry: Array, hand: _Hand) -> Array:
    """Room, saturation, resolution, end, level."""
    voice, brightness, space = hand.voice, hand.knobs.brightness, hand.knobs.space
    tone = replace(
        voice.tone,
        tilt_db=voice.tone.tilt_db + 12.0 * brightness,
        low_pass_hz=min(voice.tone.low_pass_hz * 2.0 ** (1.2 * brightness), 20_000.0),
    )
    reverb = replace(
        voice.reverb,
        level=max(voice.reverb.level, 0.05 * (space > 0)),
        time_s=voice.reverb.time_s * 2.0 ** (0.6 * max(space, 0.0)),
    )
    wet = hand.wet * (_gain(9.0 * space) if space > -1 else 0.0)
    sound = apply(dry, tone=tone, echo=voice.echo, reverb=reverb, wet=wet, ripple_db=hand.ripple_db)
    sound /= max(float(np.abs(sound).max()), 1e-9)
    if voice.drive:
        push = np.float32(1.0 + 2.0 * voice.drive)
        np.tanh(push * sound, out=sound)
    if voice.bits:
        levels = np.float32(2 ** (voice.bits - 1))
        sound = (np.round(sound * levels) / levels).astype(np.float32)
    fade_out(sound, round(0.12 * sound.shape[1]))
    return np.ascontiguousarray((PEAK * sound).T, dtype=np.float32)
