from __future__ import annotations

from dataclasses import replace

import pytest

from packs.formats.files import audio_format, sound_files
from tests.packs.support import with_sound


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: replace(c, sounds=[]), "holds no sound; add at least one"),
        (lambda c: replace(c, sounds=[*c.sounds, c.sounds[0]]), "has two sounds for session_start; keep one"),
        (lambda c: with_sound(c, "idle", hook="../x"), "The hook “../x” names a file"),
        (lambda c: with_sound(c, "idle", hook="a b"), "use letters, digits"),
        (lambda c: with_sound(c, "idle", files={}), "The sound for idle has no WAV, which every pack needs"),
    ],
)
def test_a_pack_that_cannot_be_written_is_refused_in_a_sentence(content, change, words):
    with pytest.raises(ValueError, match=words):
        sound_files(change(content))


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("sounds/a.wav", "wav"),
        ("A.WAV", "wav"),
        ("a.mp3", "mp3"),
        ("a.ogg", "ogg"),
        ("a.flac", "flac"),
        ("a.aif", "aiff"),
        ("a.txt", ""),
        ("wav", ""),
        (".wav", ""),
    ],
)
def test_a_suffix_promises_a_format(name, format_):
    assert audio_format(name) == format_
