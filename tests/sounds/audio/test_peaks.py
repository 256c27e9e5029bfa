from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.audio.peaks import peaks, write_peaks

from .signals import chime, noise


@given(frames=st.integers(0, 3000), buckets=st.integers(0, 500))
def test_there_are_as_many_as_asked_but_never_more_than_frames(frames, buckets):
    outline = peaks(noise(0.1)[:frames], buckets=buckets)
    assert len(outline) == min(frames, 4410, buckets)
    assert all(0.0 <= peak <= 1.0 for peak in outline)


def test_each_is_the_largest_magnitude_of_its_part_over_all_channels():
    sound = np.zeros((100, 2))
    sound[12, 1] = -0.5
    sound[99, 0] = 0.25
    assert peaks(sound, buckets=10) == [0.0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0.25]


def test_the_highest_peak_of_the_sound_is_among_them():
    assert max(peaks(chime())) == pytest.approx(np.abs(chime()).max(), abs=0.001)


def test_the_file_is_a_small_json_list(tmp_path):
    write_peaks(noise(5.0), tmp_path / "peaks.json")
    text = (tmp_path / "peaks.json").read_text()
    assert json.loads(text) == peaks(noise(5.0))
    assert len(text) < 3000
    assert [path.name for path in tmp_path.iterdir()] == ["peaks.json"]
