"""Oscillators: phases, band-limited wavetables, frequency modulation, sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.envelopes import Array, decay, in_steps
from sounds.engines.procedural.layer import Layer, Strike, enveloped

TOP_HZ = 16_000.0
"""Nothing that is computed partial by partial goes higher."""

TABLE_FRAMES = 2048
WAVES = ("sine", "pulse", "triangle", "saw")

Phase = npt.NDArray[np.float64]


def phase(frequency_hz: float, frames: int, *, glide: float = 0.0, glide_s: float = 0.1) -> Phase:
    """Phase in cycles, shape (frames,).

    The pitch starts at ``frequency_hz`` and moves by ``glide`` semitones, most of it in ``glide_s``.
    """
    if not glide:
        return np.arange(frames, dtype=np.float64) * (frequency_hz / SAMPLE_RATE_HZ)
    semitones = glide * (1.0 - decay(frames, glide_s * 2.5).astype(np.float64))
    cycles: Phase = np.cumsum(frequency_hz / SAMPLE_RATE_HZ * np.exp2(semitones / 12.0))
    return cycles


def sine(cycles: npt.NDArray[np.floating]) -> Array:
    """Sine of a phase in cycles, in single precision: the whole cycles are taken off before."""
    return np.sin((cycles - np.floor(cycles)).astype(np.float32) * np.float32(2.0 * np.pi))


@lru_cache(maxsize=512)
def wavetable(wave: str, duty: float, harmonics: int) -> Array:
    """One cycle of a chip's wave with no harmonic above ``harmonics``, shape (2049,); peak 1.

    The pulse has the Fourier series a_k = 2/(πk) sin(πk·duty); the triangle is the 4-bit staircase of
    the 2A03, 15 … 0, 0 … 15; both are cut off in the spectrum, so they cannot alias.
    """
    spectrum = np.zeros(TABLE_FRAMES // 2 + 1, dtype=np.complex128)
    k = np.arange(1, min(harmonics, TABLE_FRAMES // 2 - 1) + 1)
    if wave == "triangle":
        stairs = np.abs(np.arange(32) - 15.5) - 0.5
        spectrum[k] = np.fft.rfft(np.repeat(stairs, TABLE_FRAMES // 32))[k]
    elif wave == "pulse":
        spectrum[k] = np.sin(np.pi * k * duty) / k
    elif wave == "saw":
        spectrum[k] = -1j / k
    else:
        spectrum[1] = -1j
    # Lanczos' sigma factors take the ringing off the edges.
    spectrum[k] *= np.sinc(k / (len(k) + 1))
    table = np.fft.irfft(spectrum)
    table /= np.abs(table).max()
    return np.append(table, table[0]).astype(np.float32)


def read_table(table: Array, cycles: Phase) -> Array:
    """Read one cycle along a phase in cycles, with linear interpolation."""
    position = (cycles - np.floor(cycles)) * (len(table) - 1)
    index = position.astype(np.intp)
    part = (position - index).astype(np.float32)
    below = table[index]
    return below + part * (table[index + 1] - below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fm(Layer):
    """Two-operator frequency modulation whose index decays: y = sin(φ + I(t)·sin(ratio·φ)), Chowning 1973.

    Attributes
    ----------
    ratio
        Modulator over carrier; whole numbers are harmonic.
    index, index_decay_s
        Depth in radians at the start, and the time in which it falls by 60 dB.
    index_floor
        Depth it falls to.
    glide, glide_s
        Semitones and seconds of a small slide into the note.
    detune
        Cents between the left and the right voice; 0 is one voice.
    vibrato_hz, vibrato
        Rate, and depth in semitones, of a vibrato that comes in late.
    """

    ratio: float = 2.0
    index: float = 2.0
    index_decay_s: float = 0.4
    index_floor: float = 0.0
    glide: float = 0.0
    glide_s: float = 0.05
    detune: float = 0.0
    vibrato_hz: float = 0.0
    vibrato: float = 0.0

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        start_hz = strike.frequency_hz * 2.0 ** (-self.glide / 12.0)
        slide = self.glide + strike.glide
        glide_s = strike.glide_s if strike.glide else self.glide_s
        cycles = phase(start_hz, frames, glide=slide, glide_s=glide_s)
        if self.vibrato:
            cycles = cycles + late_vibrato(strike, frames, self.vibrato_hz, self.vibrato)
        index = self._index(strike, frames)
        voices = [self._voice(cycles * 2.0 ** (cents / 1200.0), index) for cents in self._cents()]
        tone = voices[0] if len(voices) == 1 else np.stack(voices)
        return enveloped(tone, t60_s)

    def _cents(self) -> tuple[float, ...]:
        return (-self.detune / 2, self.detune / 2) if self.detune else (0.0,)

    def _voice(self, cycles: Phase, index: Array) -> Array:
        return sine(cycles + index * sine(self.ratio * cycles))

    def _index(self, strike: Strike, frames: int) -> Array:
        """Depth over time in cycles, held down so that Carson's bandwidth stays under `TOP_HZ`."""
        room = (TOP_HZ - strike.frequency_hz) / (self.ratio * strike.frequency_hz) - 1.0
        wanted = self.index * 2.0 ** (1.3 * strike.brightness + 0.4 * strike.urgency) * strike.about(0.3)
        depth = min(wanted, max(room, 0.0))
        floor = min(self.index_floor * 2.0**strike.brightness, depth)
        fall_s = self.index_decay_s * min(strike.stretch, 2.0) * strike.about(0.4)
        index = floor + (depth - floor) * decay(frames, fall_s)
        return (index / (2.0 * np.pi)).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip(Layer):
    """A voice of an old sound chip.

    Attributes
    ----------
    wave, duty
        One of `WAVES`; the duty cycle of the pulse.
    duty_to
        Duty cycle after the first 40 ms, where it differs.
    top_hz
        Highest harmonic.
    steps, step_hz
        Levels of the volume register (0 is smooth) and how often it changes.
    arpeggio_hz
        Speed at which a note that blooms runs through the theme's chord.
    vibrato_hz, vibrato
        Rate, and depth in semitones, of a vibrato that comes in late.
    slide, slide_s
        Semitones the note starts away from its pitch, and how long it takes to get there.
    """

    wave: str = "pulse"
    duty: float = 0.5
    duty_to: float = 0.0
    top_hz: float = 9_000.0
    steps: int = 15
    step_hz: float = 60.0
    arpeggio_hz: float = 0.0
    vibrato_hz: float = 0.0
    vibrato: float = 0.0
    slide: float = 0.0
    slide_s: float = 0.03

    def check(self) -> None:
        Layer.check(self)
        if self.wave not in WAVES:
            raise ValueError(f"wave must be one of {', '.join(WAVES)}, not {self.wave!r}")

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        cycles = self._cycles(strike, frames)
        arpeggio = max((*strike.chord, 0.0)) if self.arpeggio_hz else 0.0
        highest_hz = strike.frequency_hz * 2.0 ** (max(arpeggio, 0.0) / 12.0)
        top_hz = min(self.top_hz * 2.0 ** (1.2 * strike.brightness), TOP_HZ)
        harmonics = max(1, int(top_hz / highest_hz))
        duty = round(self.duty * strike.about(0.08), 2)  # in hundredths, so that tables are shared
        tone = read_table(wavetable(self.wave, duty, harmonics), cycles)
        if self.duty_to:
            turn = round(0.04 * SAMPLE_RATE_HZ)
            tone[turn:] = read_table(wavetable(self.wave, self.duty_to, harmonics), cycles[turn:])
        envelope = decay(frames, t60_s)
        if self.steps:
            envelope = in_steps(envelope, levels=self.steps, rate_hz=self.step_hz)
            # The register's last level, and a softer tail under it: a chip would cut to silence here.
            envelope = np.maximum(envelope, 0.9 * decay(frames, t60_s))
        return tone * envelope

    def _cycles(self, strike: Strike, frames: int) -> Phase:
        if strike.chord and self.arpeggio_hz:
            return self._arpeggio(strike, frames)
        start_hz = strike.frequency_hz * 2.0 ** (self.slide / 12.0)
        glide_s = strike.glide_s if strike.glide else self.slide_s
        cycles = phase(start_hz, frames, glide=strike.glide - self.slide, glide_s=glide_s)
        if self.vibrato:
            cycles = cycles + late_vibrato(strike, frames, self.vibrato_hz, self.vibrato)
        return cycles

    def _arpeggio(self, strike: Strike, frames: int) -> Phase:
        """Phase of a note that runs through the chord, the note itself last and then held."""
        rising = float(np.mean(strike.chord)) <= 0.0
        steps = np.array([*sorted(strike.chord, reverse=not rising), 0.0])
        turn = np.arange(frames) * (self.arpeggio_hz / SAMPLE_RATE_HZ)
        semitones = np.where(turn < 2 * len(steps), steps[turn.astype(np.intp) % len(steps)], 0.0)
        return np.cumsum(strike.frequency_hz / SAMPLE_RATE_HZ * np.exp2(semitones / 12.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Layer):
    """A sine that sweeps: droplets, chirps, thumps, lasers.

    Attributes
    ----------
    start, end
        Where it begins and ends: ratios to the note, or hertz when ``fixed``.
    sweep_s
        How long most of the way takes.
    fixed
        Whether it ignores the pitch of the note.
    fm, fm_hz
        Depth in radians and rate of a warble, for birds.
    """

    start: float = 1.0
    end: float = 2.0
    sweep_s: float = 0.05
    fixed: bool = False
    fm: float = 0.0
    fm_hz: float = 30.0

    def tone(self, strike: Strike, t60_s: float, frames: int) -> Array:
        unit = 2.0 ** (self.semitones / 12.0) if self.fixed else strike.frequency_hz
        start_hz = min(unit * self.start * strike.about(0.12), TOP_HZ)
        end_hz = min(unit * self.end, TOP_HZ)
        way = decay(frames, self.sweep_s * 2.5 * strike.about(0.5)).astype(np.float64)
        cycles = np.cumsum(end_hz * (start_hz / end_hz) ** way) / SAMPLE_RATE_HZ
        if self.fm:
            cycles = cycles + self.fm / (2 * np.pi) * sine(phase(self.fm_hz, frames))
        return enveloped(sine(cycles), t60_s)


def late_vibrato(strike: Strike, frames: int, rate_hz: float, semitones: float) -> Phase:
    """Phase to add, in cycles, for a vibrato that fades in from 0.12 s to 0.3 s."""
    rate_hz, semitones = rate_hz * strike.about(0.15), semitones * strike.about(0.5)
    seconds = np.arange(frames) / SAMPLE_RATE_HZ
    depth = np.clip((seconds - 0.12) / 0.18, 0.0, 1.0) * semitones * np.log(2.0) / 12.0
    return (
        depth
        * strike.frequency_hz
        / (2.0 * np.pi * rate_hz)
        * (1.0 - np.cos(2.0 * np.pi * rate_hz * seconds))
    )
