"""Every threshold of the registry's audio gate, from both sides."""

from __future__ import annotations

import pytest

from packs.gate import gate
from packs.report import Level
from sounds.audio.inspect import inspect
from tests.packs.support import report, sentences, tone, write_audio

GOLD, SILVER, REJECTED = "gold", "silver", "rejected"

ROWS = [
    ({"duration_s": 0.1}, GOLD),
    ({"duration_s": 0.099}, REJECTED),
    ({"duration_s": 5.0}, GOLD),
    ({"duration_s": 5.001}, SILVER),
    ({"duration_s": 20.0}, SILVER),
    ({"duration_s": 20.001}, REJECTED),
    ({"leading_silence_s": 0.5}, GOLD),
    ({"leading_silence_s": 0.501}, SILVER),
    ({"leading_silence_s": 2.0}, SILVER),
    ({"leading_silence_s": 2.001}, REJECTED),
    ({"trailing_silence_s": 0.5}, GOLD),
    ({"trailing_silence_s": 0.501}, SILVER),
    ({"trailing_silence_s": 2.0}, SILVER),
    ({"trailing_silence_s": 2.001}, REJECTED),
    ({"loudness_lufs": -8.0}, GOLD),
    ({"loudness_lufs": -7.99}, SILVER),
    ({"loudness_lufs": -35.01, "duration_s": 0.4}, SILVER),
    ({"loudness_lufs": -35.0, "duration_s": 0.4}, GOLD),
    ({"loudness_lufs": -70.0, "duration_s": 0.4}, SILVER),
    ({"loudness_lufs": -70.01, "duration_s": 0.4}, REJECTED),
    ({"loudness_lufs": -120.0}, REJECTED),
    ({"true_peak_dbtp": -0.51}, GOLD),
    ({"true_peak_dbtp": -0.5}, SILVER),
    ({"true_peak_dbtp": 3.0}, SILVER),
    ({"sample_rate_hz": 16_000}, GOLD),
    ({"sample_rate_hz": 15_999}, SILVER),
    ({"sample_rate_hz": 8_000}, SILVER),
    ({"sample_rate_hz": 7_999}, REJECTED),
    ({"format": "mp3", "bit_rate_kbps": 64}, GOLD),
    ({"format": "mp3", "bit_rate_kbps": 63.9}, SILVER),
    ({"format": "ogg", "bit_rate_kbps": 63.9}, SILVER),
    ({"format": "wav", "bit_rate_kbps": 0}, GOLD),
    ({"error": "It is broken."}, REJECTED),
]


@pytest.mark.parametrize(("changes", "verdict"), ROWS)
def test_a_file_decides_the_packs_verdict(changes, verdict):
    judged = gate({"sounds/a.wav": report(), "sounds/b.wav": report(**changes)})
    if "loudness_lufs" in changes and changes["loudness_lufs"] >= -8:
        judged = gate({"sounds/b.wav": report(**changes)})
    assert judged.verdict == verdict
    found = [finding for finding in judged.findings if finding.where]
    assert bool(found) == (verdict != GOLD)
    levels = {SILVER: {Level.WARNING}, REJECTED: {Level.ERROR}, GOLD: set()}
    assert {finding.level for finding in found} == levels[verdict]
    for finding in found:
        assert finding.rules == "gate" and finding.where == "sounds/b.wav"
        assert finding.sentence.startswith("sounds/b.wav ") and finding.sentence.endswith(".")


def spread_of(*levels: float, duration_s: float = 1.0):
    return gate(
        {
            f"sounds/{number}.wav": report(loudness_lufs=level, duration_s=duration_s)
            for number, level in enumerate(levels)
        }
    )


def test_sounds_may_lie_fifteen_units_apart():
    assert spread_of(-10.0, -25.0).verdict == GOLD
    assert sentences(spread_of(-10.0, -25.1).findings) == [
        "The sounds lie 15.1 LU apart; gold asks for at most 15."
    ]


def test_a_pack_that_is_quiet_throughout_is_silver():
    assert spread_of(-25.9, -25.9, -34.0).verdict == GOLD
    judged = spread_of(-26.0, -26.0, -20.0)
    assert judged.verdict == SILVER
    assert sentences(judged.findings) == [
        "Half of the sounds are at -26.0 LUFS or below; gold asks for more than -26."
    ]


def test_sounds_below_half_a_second_do_not_count_for_the_pack():
    assert spread_of(-10.0, -34.0, duration_s=0.49).verdict == GOLD
    assert spread_of(-10.0, -34.0, duration_s=0.5).verdict == SILVER


@pytest.mark.parametrize("name", ["a.flac", "a.aiff"])
def test_formats_that_the_registry_does_not_look_at_do_not_count(name):
    assert gate({"sounds/a.wav": report(), name: report(error="It is broken.")}).verdict == GOLD
    assert gate({name: report()}).verdict == REJECTED


def test_a_pack_without_sounds_is_rejected():
    judged = gate({})
    assert judged.verdict == REJECTED
    assert sentences(judged.findings) == ["The pack holds no WAV, MP3 or OGG file."]


@pytest.mark.parametrize(
    ("silence_s", "duration_s", "verdict"),
    [(0.0, 0.6, GOLD), (0.7, 0.6, SILVER), (2.2, 0.6, REJECTED), (0.0, 0.08, REJECTED)],
)
@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg"])
def test_real_files_are_judged_alike(tmp_path, suffix, silence_s, duration_s, verdict):
    path = write_audio(tmp_path / f"a.{suffix}", tone(duration_s=duration_s, silence_s=silence_s))
    assert gate({path.name: inspect(path)}).verdict == verdict
