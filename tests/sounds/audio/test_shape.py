from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.audio.shape import as_frames, fast_length, from_db, to_db


def test_one_dimension_becomes_one_channel():
    assert as_frames([0.0, 0.5]).shape == (2, 1)
    assert as_frames(np.zeros((5, 2), np.float64)).dtype == np.float32


def test_more_than_two_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"not \(1, 2, 3\)"):
        as_frames(np.zeros((1, 2, 3)))


@given(st.floats(-119.0, 60.0))
def test_levels_and_amplitudes_are_inverse(level_db):
    assert to_db(from_db(level_db)) == pytest.approx(level_db)


def test_silence_has_a_level():
    assert to_db(0.0) == to_db(1e-30) == -120.0


@given(st.integers(1, 10_000_000))
def test_a_fast_length_is_enough_and_has_small_factors_only(frames):
    length = rest = fast_length(frames)
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    assert rest == 1
    assert frames <= length <= 1.2 * frames + 1
