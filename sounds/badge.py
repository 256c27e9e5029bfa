"""What every sound is held to: as loud as it was meant to be, clean, and there at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sounds.models import Sound

WITHIN_LU = 1.0
HIGHEST_PEAK_DBTP = -1.0
LATEST_ONSET_S = 0.020


def misses(sound: Sound) -> Iterator[str]:
    """What stands between a sound and the badge, going by what was measured when it was made."""
    off = sound.loudness_lufs - sound.intended_lufs
    if abs(off) > WITHIN_LU:
        yield f"{abs(off):.1f} LU {'louder' if off > 0 else 'quieter'} than it is meant to be"
    if sound.true_peak_dbtp > HIGHEST_PEAK_DBTP:
        yield f"peaks at {sound.true_peak_dbtp:.1f} dBTP, above {HIGHEST_PEAK_DBTP:g}"
    onset_s = sound.measures.get("onset_s", 0.0)
    if onset_s > LATEST_ONSET_S:
        yield f"begins after {onset_s * 1000:.0f} ms, later than {LATEST_ONSET_S * 1000:.0f} ms"
