"""The CESP registry's audio gate: gold, silver or rejected, as its quality check would say.

The registry measures integrated loudness with ffmpeg, we the loudest moment of short sounds, which is
never quieter; near a threshold the two may differ. Everything else is measured alike.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packs.formats.documents import Findings
from packs.formats.files import audio_format
from packs.report import Finding, Level

if TYPE_CHECKING:
    from sounds.audio.file_report import FileReport

GOLD, SILVER, REJECTED = "gold", "silver", "rejected"
RULES = "gate"

FORMATS = ("wav", "mp3", "ogg")
LOSSY = ("mp3", "ogg")
SHORTEST_S, LONGEST_S, LONG_S = 0.1, 20.0, 5.0
FAR_TOO_SILENT_S, TOO_SILENT_S = 2.0, 0.5
SILENT_LUFS, QUIET_LUFS, LOUD_LUFS = -70.0, -35.0, -8.0
LOWEST_RATE_HZ, LOW_RATE_HZ = 8_000, 16_000
HIGH_PEAK_DBTP = -0.5
LOWEST_BIT_RATE_KBPS = 64
WIDEST_SPREAD_LU = 15.0
QUIET_PACK_LUFS = -26.0
COUNTED_FROM_S = 0.5
"""Shorter sounds have no integrated loudness worth the name and are left out of spread and median."""

_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict, and why it is not gold: errors reject, warnings make it silver."""

    verdict: str
    findings: list[Finding]


def gate(reports: Mapping[str, FileReport]) -> Gate:
    """Judge the files of a pack by their reports; FLAC and AIFF are not looked at, as there."""
    seen = {path: report for path, report in reports.items() if audio_format(path) in FORMATS}
    findings = Findings(RULES)
    if not seen:
        findings.error("", "The pack holds no WAV, MP3 or OGG file.")
    for path, report in seen.items():
        for level, sentence in _faults(report):
            findings.add(level, path, f"{path} {sentence}.")
    for sentence in _pack_faults(list(seen.values())):
        findings.warning("", sentence)
    levels = {finding.level for finding in findings}
    verdict = REJECTED if Level.ERROR in levels else SILVER if levels else GOLD
    return Gate(verdict, findings)


def _faults(report: FileReport) -> Iterator[tuple[Level, str]]:
    if report.error:
        yield Level.ERROR, "is no audio file that can be decoded"
        return
    yield from _shape(report)
    yield from _silence("start", report.leading_silence_s)
    yield from _silence("end", report.trailing_silence_s)
    yield from _level(report)


def _shape(report: FileReport) -> Iterator[tuple[Level, str]]:
    length = f"{report.duration_s:.2f} s"
    if report.duration_s > LONGEST_S + _EPSILON:
        yield Level.ERROR, f"lasts {length}; the registry takes at most {LONGEST_S:.0f} s"
    elif report.duration_s > LONG_S + _EPSILON:
        yield Level.WARNING, f"lasts {length}, which is long for a notification; gold asks for {LONG_S:.0f} s"
    elif report.duration_s < SHORTEST_S - _EPSILON:
        yield Level.ERROR, f"lasts {length}; the registry takes at least {SHORTEST_S} s"
    rate = f"has a sample rate of {report.sample_rate_hz} Hz"
    if report.sample_rate_hz < LOWEST_RATE_HZ:
        yield Level.ERROR, f"{rate}; the registry takes at least {LOWEST_RATE_HZ}"
    elif report.sample_rate_hz < LOW_RATE_HZ:
        yield Level.WARNING, f"{rate}; gold asks for {LOW_RATE_HZ}"
    if report.format in LOSSY and 0 < report.bit_rate_kbps < LOWEST_BIT_RATE_KBPS:
        rate = f"{report.bit_rate_kbps:.0f} kbit/s"
        yield Level.WARNING, f"is encoded at {rate}; gold asks for {LOWEST_BIT_RATE_KBPS}"


def _silence(end: str, seconds: float) -> Iterator[tuple[Level, str]]:
    if seconds > FAR_TOO_SILENT_S + _EPSILON:
        yield Level.ERROR, f"has {seconds:.1f} s of silence at its {end}; the registry takes at most 2 s"
    elif seconds > TOO_SILENT_S + _EPSILON:
        yield Level.WARNING, f"has {seconds:.2f} s of silence at its {end}; gold asks for at most 0.5 s"


def _level(report: FileReport) -> Iterator[tuple[Level, str]]:
    loudness = f"{report.loudness_lufs:.1f} LUFS"
    if report.loudness_lufs < SILENT_LUFS:
        yield Level.ERROR, f"is silent ({loudness})"
    elif report.loudness_lufs < QUIET_LUFS:
        yield Level.WARNING, f"is very quiet ({loudness}); gold asks for {QUIET_LUFS:.0f}"
    elif report.loudness_lufs > LOUD_LUFS:
        yield Level.WARNING, f"is very loud ({loudness}); gold asks for at most {LOUD_LUFS:.0f}"
    if report.true_peak_dbtp >= HIGH_PEAK_DBTP:
        peak = f"{report.true_peak_dbtp:.1f} dBTP"
        yield Level.WARNING, f"peaks at {peak}; gold asks for less than {HIGH_PEAK_DBTP}"


def _pack_faults(reports: list[FileReport]) -> Iterator[str]:
    levels = [
        report.loudness_lufs
        for report in reports
        if not report.error and report.duration_s >= COUNTED_FROM_S and report.loudness_lufs >= SILENT_LUFS
    ]
    if not levels:
        return
    spread, median = round(max(levels) - min(levels), 1), round(statistics.median(levels), 1)
    if spread > WIDEST_SPREAD_LU:
        yield f"The sounds lie {spread:.1f} LU apart; gold asks for at most {WIDEST_SPREAD_LU:.0f}."
    if median <= QUIET_PACK_LUFS:
        yield f"Half of the sounds are at {median:.1f} LUFS or below; gold asks for more than -26."
