"""Our own badge: every sound as loud as it was meant to be, clean, and there at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packs.archive import shown
from packs.formats.documents import Findings
from packs.formats.manifest import StatedSound
from packs.report import Finding
from sounds.badge import HIGHEST_PEAK_DBTP, LATEST_ONSET_S, WITHIN_LU

if TYPE_CHECKING:
    from sounds.audio.file_report import FileReport

RULES = "badge"

RATE_HZ = 44_100
SUBTYPE = "PCM_16"

_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Badge:
    """Whether it is earned, a warning for each miss, and a note on how far the sounds lie apart."""

    earned: bool
    findings: list[Finding]


def badge(sounds: Sequence[StatedSound], reports: Mapping[str, FileReport]) -> Badge:
    """Judge a pack by what its manifest states and what was measured.

    A pack whose manifest states no sounds cannot earn it, and only a note says so.
    """
    findings = Findings(RULES)
    if not sounds:
        findings.note("", "No badge: only a manifest.json says how loud the sounds are meant to be.")
        return Badge(False, findings)
    for sound in sounds:
        for where, sentence in _misses(sound, reports):
            findings.warning(where, sentence)
    earned = not findings
    if spread := _spread(sounds, reports):
        findings.note("", spread)
    return Badge(earned, findings)


def _misses(sound: StatedSound, reports: Mapping[str, FileReport]) -> Iterator[tuple[str, str]]:
    wav = reports.get(sound.files.get("wav", ""))
    if wav is None:
        yield sound.hook, f"{shown(sound.hook)} has no WAV file, the only kind that is right on every player."
    elif not wav.error and (wav.subtype != SUBTYPE or wav.sample_rate_hz != RATE_HZ):
        path = sound.files["wav"]
        yield path, f"{path} is {wav.subtype} at {wav.sample_rate_hz} Hz instead of 16 bit at 44,100 Hz."
    if sound.intended_lufs is None:
        yield sound.hook, f"manifest.json does not state how loud {shown(sound.hook)} is meant to be."
    for path in sound.files.values():
        report = reports.get(path)
        if report is None or report.error:
            yield path, f"{path} cannot be measured."
        else:
            for sentence in _faults(report, sound.intended_lufs):
                yield path, f"{path} {sentence}."


def _faults(report: FileReport, intended_lufs: float | None) -> Iterator[str]:
    off = 0.0 if intended_lufs is None else report.loudness_lufs - intended_lufs
    if abs(off) > WITHIN_LU + _EPSILON:
        side = "louder" if off > 0 else "quieter"
        yield f"is {abs(off):.1f} LU {side} than the {intended_lufs:.1f} LUFS it is meant to have"
    if report.true_peak_dbtp > HIGHEST_PEAK_DBTP + _EPSILON:
        yield f"peaks at {report.true_peak_dbtp:.1f} dBTP, above {HIGHEST_PEAK_DBTP:.0f}"
    if report.onset_s > LATEST_ONSET_S + _EPSILON:
        yield f"begins after {report.onset_s * 1000:.0f} ms, later than {LATEST_ONSET_S * 1000:.0f} ms"


def _spread(sounds: Sequence[StatedSound], reports: Mapping[str, FileReport]) -> str:
    """How far the WAVs lie apart, and how far they are meant to."""
    levels = [
        report.loudness_lufs
        for sound in sounds
        if (report := reports.get(sound.files.get("wav", ""))) and not report.error
    ]
    meant = [sound.intended_lufs for sound in sounds if sound.intended_lufs is not None]
    if not levels:
        return ""
    apart = (
        f"The sounds lie {max(levels) - min(levels):.1f} LU apart, "
        f"from {min(levels):.1f} to {max(levels):.1f} LUFS"
    )
    return f"{apart}; they are meant to lie {max(meant) - min(meant):.1f} LU apart." if meant else f"{apart}."
