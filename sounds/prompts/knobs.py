"""The six knobs of a sound, and small random turns of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from random import Random

KNOBS = ("brightness", "urgency", "pitch", "tempo", "length", "space")
"""Every knob there is; each runs from −1 to 1 and is neutral at 0."""

DESCRIPTIONS = {
    "brightness": "darker or brighter: how much of the sound lies in the treble",
    "urgency": "calmer or more pressing: harder attacks, pulsing notes",
    "pitch": "lower or higher, up to an octave each way",
    "tempo": "slower or faster notes in the same length",
    "length": "shorter or longer as a whole, down to half and up to double",
    "space": "drier or more spacious: echo and reverb",
}

STEP = 0.15
"""Default size of a mutation: the largest step either way."""

_MAX_PULL = 0.05
_ROOM_AT_A_BOUND = 0.02


def check_knobs(knobs: Mapping[str, float]) -> dict[str, float]:
    """Return the knobs as floats; raises ``ValueError`` for a name or position that cannot be."""
    for name, position in knobs.items():
        if name not in KNOBS:
            raise ValueError(f"There is no knob {name!r}; the knobs are {', '.join(KNOBS)}.")
        if isinstance(position, bool) or not isinstance(position, int | float) or not -1 <= position <= 1:
            raise ValueError(f"The knob {name} must be a number from −1 to 1, not {position!r}.")
    return {name: float(position) for name, position in knobs.items()}


def mutate(
    knobs: Mapping[str, float], *, seed: int, amount: float = STEP, locked: Set[str] = frozenset()
) -> dict[str, float]:
    """Turn every knob that is not locked by a small random step, up or down.

    Parameters
    ----------
    knobs
        Positions to start from; a knob left out is neutral.
    seed
        The same seed makes the same steps, whatever is locked.
    amount
        Largest step either way, in knob units (the range is 2).
    locked
        Knobs that stay exactly as they are.

    Returns
    -------
    dict
        A position for each knob; a locked one that was left out stays out.

    Notes
    -----
    Clamping at ±1 would push a knob inwards, so the step shrinks near a bound instead. A plain random
    walk would wander off in a long chain; a pull towards neutral of at most 2.5 % of the range a step
    holds it without ever making the steps smaller, so mutation does not converge.
    """
    start = check_knobs(knobs)
    random = Random(seed)
    turned = {}
    for name in KNOBS:
        throw = 2.0 * random.random() - 1.0  # drawn for locked knobs too: locking one moves no other
        if name not in locked:
            turned[name] = _step(start.get(name, 0.0), throw, amount)
        elif name in start:
            turned[name] = start[name]
    return turned


def _step(position: float, throw: float, amount: float) -> float:
    """One step from ``position`` by ``throw`` (−1 … 1) of ``amount``, unbiased up to the light pull."""
    centre = position - min(_MAX_PULL, amount / 3) * math.tanh(position / (2 * amount or 1.0))
    reach = min(amount, max(1.0 - abs(centre), _ROOM_AT_A_BOUND))
    moved = centre + reach * throw
    return round(max(-1.0, min(1.0, moved)), 4)
