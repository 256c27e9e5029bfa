"""Motifs for words: a contour and a number of notes become a melody."""

from __future__ import annotations

from collections.abc import Sequence

from sounds.prompts.presets import load_hooks
from sounds.prompts.score import Note

_STEPS = {
    "rising": ((0,), (0, 7), (0, 5, 12), (0, 4, 7, 12)),
    "falling": ((12,), (12, 5), (12, 7, 0), (12, 7, 4, 0)),
    "question": ((7,), (2, 11), (2, 2, 11), (2, 4, 2, 11)),
    "level": ((7,), (7, 7), (7, 7, 7), (7, 7, 7, 7)),
    "wobble": ((7,), (8, 7), (8, 7, 8), (8, 7, 8, 7)),
}
_ALONE = {"rising": 5.0, "falling": -5.0, "question": 3.0}  # one note shows its contour by gliding
_USUAL = {"rising": 3, "falling": 3, "question": 2, "level": 2, "wobble": 4}
_BETWEEN = 1.9  # beats from note to note


def compose(contour: str, count: int = 0) -> tuple[Note, ...]:
    """A motif of ``count`` notes (0: as many as the contour usually has, at most 4).

    ``contour`` is one of rising, falling, question, level, wobble, or the intent of a preset hook, which
    then lends its motif as it is when no count is asked for, or its contour when one is.
    """
    if contour not in _STEPS:
        motif = next((hook.motif for hook in load_hooks() if hook.intent == contour), ())
        if motif and count in (0, len(motif)):
            return motif
        contour = contour_of(motif) if motif else "level"
    steps = _STEPS[contour][(min(count, 4) or _USUAL[contour]) - 1]
    last = len(steps) - 1
    return tuple(
        Note(
            at=_BETWEEN * index,
            semitones=(float(step),),
            length=40.0 if index == last else 0.85 * _BETWEEN,
            level=1.0 if index == last else 0.85,
            pan=0.0 if last == 0 else 0.3 * (2.0 * index / last - 1.0),
            glide=_ALONE.get(contour, 0.0) if last == 0 else 0.0,
        )
        for index, step in enumerate(steps)
    )


def contour_of(motif: Sequence[Note]) -> str:
    """Whether a motif rises, falls or stays, by its first and its last note."""
    if not motif:
        return "level"
    notes = sorted(motif, key=lambda note: note.at)
    way = max(notes[-1].semitones) - max(notes[0].semitones)
    return "rising" if way > 0 else "falling" if way < 0 else "level"


def repeated(motif: Sequence[Note], times: int) -> tuple[Note, ...]:
    """The motif several times in a row, half a pause between."""
    if times < 2:
        return tuple(motif)
    period = max(note.at for note in motif) + 2.2
    return tuple(
        Note(
            at=note.at + period * turn,
            semitones=note.semitones,
            length=note.length if turn == times - 1 else min(note.length, 1.8),
            level=note.level,
            pan=note.pan,
            glide=note.glide,
            rough=note.rough,
            bloom=note.bloom if turn == times - 1 else 0.0,
        )
        for turn in range(times)
        for note in motif
    )
