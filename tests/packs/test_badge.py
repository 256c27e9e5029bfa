"""What our own badge asks for, from both sides of every threshold."""

from __future__ import annotations

import pytest

from packs.badge import badge
from packs.formats.manifest import StatedSound
from tests.packs.support import notes, report, warnings

WAV, MP3 = "sounds/idle.wav", "sounds/idle.mp3"


def stated(**changes) -> StatedSound:
    plain = {
        "hook": "idle",
        "files": {"wav": WAV},
        "duration_s": 1.0,
        "loudness_lufs": -18.0,
        "intended_lufs": -18.0,
        "true_peak_dbtp": -3.0,
    }
    return StatedSound(**(plain | changes))


def misses(sound: StatedSound, **reports) -> list[str]:
    judged = badge([sound], reports)
    assert judged.earned == (not warnings(judged.findings))
    return warnings(judged.findings)


@pytest.mark.parametrize(
    ("changes", "miss"),
    [
        ({}, ""),
        ({"loudness_lufs": -17.0}, ""),
        ({"loudness_lufs": -16.9}, "is 1.1 LU louder than the -18.0 LUFS it is meant to have."),
        ({"loudness_lufs": -19.0}, ""),
        ({"loudness_lufs": -19.2}, "is 1.2 LU quieter than the -18.0 LUFS it is meant to have."),
        ({"true_peak_dbtp": -1.0}, ""),
        ({"true_peak_dbtp": -0.9}, "peaks at -0.9 dBTP, above -1."),
        ({"onset_s": 0.020}, ""),
        ({"onset_s": 0.025}, "begins after 25 ms, later than 20 ms."),
        ({"subtype": "PCM_24"}, "is PCM_24 at 44100 Hz instead of 16 bit at 44,100 Hz."),
        ({"sample_rate_hz": 48_000}, "is PCM_16 at 48000 Hz instead of 16 bit at 44,100 Hz."),
        ({"error": "It is broken."}, "cannot be measured."),
    ],
)
def test_each_miss_is_one_sentence(changes, miss):
    assert misses(stated(), **{WAV: report(**changes)}) == ([f"{WAV} {miss}"] if miss else [])


def test_other_formats_have_to_be_as_good():
    sound = stated(files={"wav": WAV, "mp3": MP3})
    fine = report(format="mp3", subtype="MPEG_LAYER_III")
    assert misses(sound, **{WAV: report(), MP3: fine}) == []
    late = report(format="mp3", onset_s=0.03)
    assert misses(sound, **{WAV: report(), MP3: late}) == [f"{MP3} begins after 30 ms, later than 20 ms."]


def test_every_hook_needs_a_wav():
    sound = stated(files={"mp3": MP3})
    assert misses(sound, **{MP3: report(format="mp3")}) == [
        "“idle” has no WAV file, the only kind that is right on every player."
    ]


def test_a_sound_of_unknown_intent_cannot_be_right():
    assert misses(stated(intended_lufs=None), **{WAV: report()}) == [
        "manifest.json does not state how loud “idle” is meant to be."
    ]


def test_the_spread_is_stated():
    sounds = [stated(), stated(hook="stop", files={"wav": "stop.wav"}, intended_lufs=-24.0)]
    judged = badge(sounds, {WAV: report(), "stop.wav": report(loudness_lufs=-23.5)})
    assert judged.earned
    assert notes(judged.findings) == [
        "The sounds lie 5.5 LU apart, from -23.5 to -18.0 LUFS; they are meant to lie 6.0 LU apart."
    ]


def test_without_a_manifest_there_is_no_badge_and_one_note():
    judged = badge([], {WAV: report()})
    assert not judged.earned
    assert notes(judged.findings) == [
        "No badge: only a manifest.json says how loud the sounds are meant to be."
    ]
