"""Seeds that follow from what a sound is, so that the same wish gives the same sound."""

from __future__ import annotations

import hashlib
import json

MAX_SEED = 2**32 - 1


def derive_seed(*parts: str | int | float | None) -> int:
    """Hash names and numbers into a seed.

    Parameters
    ----------
    *parts
        What tells one sound from another, usually theme, variation, hook and take number, in this
        order. The order counts, and ``("a", "bc")`` is not ``("ab", "c")``.

    Returns
    -------
    int
        0 … 2³²−1, the same on every machine and in every version of Python.
    """
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
