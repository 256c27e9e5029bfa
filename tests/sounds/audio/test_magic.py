"""What a file is, by its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.audio.magic import CONTAINERS, container_name


@pytest.mark.parametrize(
    "head, name",
    [
        (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
        (b"RIFF\x00\x00\x00\x00AVI ", ""),
        (b"\x00\x00\x00\x20ftypM4A ", "mp4"),
        (b"\x1aE\xdf\xa3\x9f", "matroska"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"\xff\xf1\x7c\x80", ""),  # a sample rate that does not exist
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"#!AMR\n", "amr"),
        (b"#EXTM3U\n", ""),
        (b"ffconcat version 1.0", ""),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"%PDF-1.7", ""),
        (b"PK\x03\x04", ""),
    ],
)
def test_containers(head, name):
    assert container_name(head) == name


@given(head=st.binary(max_size=40))
def test_anything_is_known_or_nothing(head):
    assert container_name(head) in {"", *CONTAINERS}


def test_a_suffix_is_taken_over_only_where_it_fits():
    assert CONTAINERS["mp4"].suffix_for("a.MOV") == "mov"
    assert CONTAINERS["mp4"].suffix_for("a.exe") == "m4a"
    assert CONTAINERS["ogg"].suffix_for("opus") == "opus"
