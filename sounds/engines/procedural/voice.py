"""The instrument as data: a voice read from the plain tables of a Brief."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from sounds.engines.procedural.effects import Echo, Reverb, Tone
from sounds.engines.procedural.layer import Layer
from sounds.engines.procedural.noise import Lfsr, Noise, Ratchet
from sounds.engines.procedural.oscillators import Chip, Fm, Sweep
from sounds.engines.procedural.partials import Modal, Pad
from sounds.engines.procedural.pluck import Pluck
from sounds.prompts.knobs import check_knobs

KINDS: dict[str, type[Layer]] = {
    "modal": Modal,
    "pad": Pad,
    "pluck": Pluck,
    "fm": Fm,
    "chip": Chip,
    "sweep": Sweep,
    "noise": Noise,
    "ratchet": Ratchet,
    "lfsr": Lfsr,
}

_PITCH = re.compile(r"([A-Ga-g])([#b♯♭]?)(-?\d)")
_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An instrument.

    Attributes
    ----------
    layers
        What sounds on each note.
    tonic_hz
        Pitch of 0 semitones.
    tune
        Transposition in semitones.
    tempo
        1 is a beat of 0.10 s.
    chord, chord_level
        Semitones (from the tonic) laid around a note that blooms, and their level.
    swing
        0 … 0.5: how late the off-beats come.
    loose
        How much one take differs from another; 1 is usual.
    drive
        0 … 1: saturation of the peaks.
    bits
        Resolution of the output; 0 is full.
    soften_s
        Shortest attack of any layer, for a soft touch.
    ring
        1 lets the last note ring to the end of the sound; less is drier.
    bias
        Knob positions that the words of a prompt add to the person's.
    width
        How far notes go to their sides: 0 mono … 1 as the motif says.
    """

    layers: tuple[Layer, ...]
    tonic_hz: float = 440.0
    tune: float = 0.0
    tempo: float = 1.0
    chord: tuple[float, ...] = ()
    chord_level: float = 0.4
    swing: float = 0.0
    loose: float = 1.0
    drive: float = 0.2
    bits: int = 0
    soften_s: float = 0.0
    ring: float = 1.0
    bias: Mapping[str, float] = field(default_factory=dict)
    width: float = 0.7
    tone: Tone = field(default_factory=Tone)
    echo: Echo = field(default_factory=Echo)
    reverb: Reverb = field(default_factory=Reverb)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Voice:
        """Read a voice; raises ``ValueError`` naming the key that is wrong.

        The tables ``layers``, ``tone``, ``echo`` and ``reverb`` lie inside; ``tonic`` is a note name
        such as ``A4`` or a frequency.
        """
        plain = dict(data)
        tables: dict[str, type] = {"tone": Tone, "echo": Echo, "reverb": Reverb}
        parts: dict[str, Any] = {}
        for name, kind in tables.items():
            parts[name] = _read(kind, plain.pop(name, {}), name)
        layers = plain.pop("layers", {})
        if not isinstance(layers, Mapping) or not layers:
            raise ValueError("The voice needs a table layers with at least one layer.")
        parts["layers"] = tuple(_layer(name, table) for name, table in layers.items() if _sounds(table))
        parts["tonic_hz"] = pitch_hz(plain.pop("tonic", "A4"))
        parts["bias"] = check_knobs(plain.pop("bias", {}))
        return replace(_read(cls, plain | {"layers": ()}, "voice"), **parts)


def pitch_hz(pitch: str | float) -> float:
    """Frequency of a note name in equal temperament, A4 being 440 Hz; a number is one already."""
    if isinstance(pitch, int | float) and not isinstance(pitch, bool) and 20 <= pitch <= 8_000:
        return float(pitch)
    match = _PITCH.fullmatch(pitch) if isinstance(pitch, str) else None
    if not match:
        raise ValueError(f"{pitch!r} is no pitch; write a note such as A4 or F#3, or 20 … 8000 hertz.")
    name, sign, octave = match.groups()
    semitones = _CLASSES[name.upper()] + {"": 0, "#": 1, "♯": 1}.get(sign, -1) + 12 * int(octave)
    return float(440.0 * 2.0 ** ((semitones - 57) / 12.0))


def _sounds(table: Any) -> bool:
    return not isinstance(table, Mapping) or table.get("level", 1.0) != 0


def _layer(name: str, table: Any) -> Layer:
    plain = dict(table) if isinstance(table, Mapping) else {}
    kind = plain.pop("kind", None)
    if kind not in KINDS:
        raise ValueError(f"The layer {name!r} has kind {kind!r}; it must be one of {', '.join(KINDS)}.")
    layer = _read(KINDS[kind], plain, f"layer {name!r}")
    try:
        layer.check()
    except ValueError as error:
        raise ValueError(f"In the layer {name!r}, {error}.") from None
    return layer


def _read(kind: type[T], data: Any, where: str) -> T:
    """Make a dataclass of plain data, saying where a key or type is wrong."""
    if not isinstance(data, Mapping):
        raise ValueError(f"The {where} must be a table, not {data!r}.")
    known = {f.name: str(f.type) for f in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(data) - set(known)):
        raise ValueError(f"The {where} has a key {unknown[0]!r} that nobody knows.")
    return kind(**{key: _value(value, known[key], f"{where}: {key}") for key, value in data.items()})


def _value(value: Any, annotation: str, where: str) -> Any:
    if annotation.startswith("tuple"):
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise ValueError(f"{where} must be a list of numbers, not {value!r}.")
        return tuple(_value(item, "float", where) for item in value) if value else ()
    if (annotation == "bool" and isinstance(value, bool)) or (annotation == "str" and isinstance(value, str)):
        return value
    number = not isinstance(value, bool) and isinstance(value, int | float) and value == value
    if annotation in ("bool", "str") or not number or (annotation == "int" and not isinstance(value, int)):
        raise ValueError(f"{where} cannot be {value!r}.")
    return value if annotation == "int" else float(value)
