from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from sounds.audio.ogg import with_serial

from .signals import RATE_HZ, noise


@pytest.fixture(scope="module")
def stream() -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, noise(3.0), RATE_HZ, format="OGG", subtype="VORBIS")
    return buffer.getvalue()


def test_every_page_has_the_serial_and_nothing_else_but_the_checksum_changes(stream):
    changed = with_serial(stream, 0xDEADBEEF)
    assert changed.count(b"OggS") == changed.count((0xDEADBEEF).to_bytes(4, "little")) > 3
    assert len(changed) == len(stream)


def test_the_sound_is_the_same(stream):
    before, _ = soundfile.read(io.BytesIO(stream))
    after, _ = soundfile.read(io.BytesIO(with_serial(stream, 1)))
    assert np.array_equal(before, after)


def test_the_checksums_are_those_libogg_writes(stream):
    serial = int.from_bytes(stream[14:18], "little")
    assert with_serial(with_serial(stream, 7), serial) == stream


@pytest.mark.parametrize("data", [b"not an ogg", b"OggS", b"OggS" + bytes(22) + b"\xff"])
def test_what_is_not_made_of_pages_is_refused(data):
    with pytest.raises(ValueError, match="Ogg page"):
        with_serial(data, 1)


def test_a_stream_cut_short_is_refused(stream):
    with pytest.raises(ValueError, match="Ogg page"):
        with_serial(stream[:-1], 1)
