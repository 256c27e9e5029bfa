"""Judge a sound by its measures: a score people can sort by, and the reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sounds.audio.measure import CLIPPED_AT, HIGH_HZ, Measures

SILENT_LUFS = -70.0
CLIPPED_FRACTION = 0.001
DC_OFFSET = 0.01
HIGH_FREQUENCY_RATIO = 0.2
FLATNESS = 0.4
"""White noise reaches e^−γ = 0.56 in theory, so a threshold above that could never fire."""
LATE_ONSET_S = 0.06
"""30 % of 411 published sounds begin later; people take it for a slow computer."""
LOUDNESS_LU = 1.0
TRUE_PEAK_DBTP = -1.0
EDGE_STEP = 0.003
"""−50 dBFS: a step people hear as a click in a quiet room."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The verdict: `score` from 0 (useless) to 100 (nothing to complain about), and why it is not 100."""

    score: int
    reasons: tuple[str, ...]


def judge(measures: Measures, *, intended_lufs: float) -> Quality:
    """Judge a mastered sound.

    Parameters
    ----------
    intended_lufs
        The loudness it was to have; being more than 1 LU away costs points.
    """
    if measures.loudness_lufs < SILENT_LUFS:
        return Quality(0, (f"The sound is silent: {measures.loudness_lufs:.0f} LUFS.",))
    faults = list(_faults(measures, intended_lufs))
    score = 100.0 - sum(cost for cost, _ in faults)
    return Quality(max(0, min(100, round(score))), tuple(reason for _, reason in faults))


def _faults(m: Measures, intended_lufs: float) -> Iterator[tuple[float, str]]:
    """What is wrong and how many points it costs."""
    if m.clipped_fraction > CLIPPED_FRACTION:
        cost = min(60.0, 15.0 + 900.0 * m.clipped_fraction)  # 5 % clipped is beyond repair
        yield cost, f"{m.clipped_fraction:.1%} of the samples are clipped (above {CLIPPED_AT} of full scale)."
    if m.flatness > FLATNESS:
        yield 55.0, f"It is mostly noise: spectral flatness {m.flatness:.2f}, above {FLATNESS:.2f}."
    if m.high_frequency_ratio > HIGH_FREQUENCY_RATIO:
        part = f"{m.high_frequency_ratio:.0%}"
        yield 25.0, f"{part} of its power lies above {HIGH_HZ / 1000:.0f} kHz, where it hisses."
    if abs(m.dc_offset) > DC_OFFSET:
        yield 15.0, f"It has a DC offset of {m.dc_offset:.3f}."
    if m.onset_s > LATE_ONSET_S:
        cost = min(40.0, 10.0 + 60.0 * m.onset_s)
        yield cost, f"It begins late: after {m.onset_s * 1000:.0f} ms."
    if (off := m.loudness_lufs - intended_lufs) and abs(off) > LOUDNESS_LU:
        side = "louder" if off > 0 else "quieter"
        cost = min(50.0, 5.0 * abs(off))
        yield cost, f"It is {abs(off):.1f} LU {side} than intended ({m.loudness_lufs:.1f} LUFS)."
    if m.true_peak_dbtp > TRUE_PEAK_DBTP:
        level = f"{m.true_peak_dbtp:.1f} dBTP"
        yield 20.0, f"Its true peak is {level}, above {TRUE_PEAK_DBTP:.0f} dBTP."
    if m.edge_step > EDGE_STEP:
        yield 25.0, f"It clicks at an end: the first or last sample is {m.edge_step:.3f}."
