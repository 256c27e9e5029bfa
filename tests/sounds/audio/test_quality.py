from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.audio.master import master
from sounds.audio.measure import Measures, measure
from sounds.audio.quality import judge

from .signals import chime, noise

GOOD = Measures(
    duration_s=1.0,
    loudness_lufs=-18.0,
    true_peak_dbtp=-3.0,
    sample_peak_db=-3.1,
    onset_s=0.01,
    leading_silence_s=0.01,
    trailing_silence_s=0.2,
    dc_offset=0.0,
    clipped_fraction=0.0,
    high_frequency_ratio=0.01,
    flatness=0.01,
    edge_step=0.0,
)


def test_a_mastered_chime_leaves_nothing_to_complain_about():
    mastered = master(chime(wait_s=0.1), duration_s=1.0, loudness_lufs=-18.0)
    verdict = judge(measure(mastered.audio), intended_lufs=-18.0)
    assert (verdict.score, verdict.reasons) == (100, ())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"clipped_fraction": 0.05}, "5.0% of the samples are clipped"),
        ({"flatness": 0.56}, "mostly noise: spectral flatness 0.56, above 0.40"),
        ({"high_frequency_ratio": 0.36}, "36% of its power lies above 14 kHz"),
        ({"dc_offset": 0.05}, "DC offset of 0.050"),
        ({"onset_s": 0.25}, "begins late: after 250 ms"),
        ({"loudness_lufs": -21.5}, "3.5 LU quieter than intended (-21.5 LUFS)"),
        ({"loudness_lufs": -15.0}, "3.0 LU louder than intended"),
        ({"true_peak_dbtp": 0.3}, "true peak is 0.3 dBTP, above -1 dBTP"),
        ({"edge_step": 0.2}, "first or last sample is 0.200"),
    ],
)
def test_each_fault_costs_points_and_is_named_with_its_number(fault, words):
    verdict = judge(replace(GOOD, **fault), intended_lufs=-18.0)
    assert verdict.score < 100
    assert len(verdict.reasons) == 1
    assert words in verdict.reasons[0]
    assert verdict.reasons[0].endswith(".")


def test_silence_is_worth_nothing():
    verdict = judge(measure(np.zeros((1000, 2))), intended_lufs=-18.0)
    assert verdict.score == 0
    assert "silent" in verdict.reasons[0]


def test_white_noise_falls_below_the_line_for_trying_again():
    mastered = master(noise(), duration_s=1.0, loudness_lufs=-18.0)
    assert judge(measure(mastered.audio), intended_lufs=-18.0).score < 50


@given(
    st.fixed_dictionaries(
        {
            "clipped_fraction": st.floats(0, 1),
            "flatness": st.floats(0, 1),
            "high_frequency_ratio": st.floats(0, 1),
            "dc_offset": st.floats(0, 1),
            "onset_s": st.floats(0, 5),
            "loudness_lufs": st.floats(-120, 10),
            "true_peak_dbtp": st.floats(-120, 10),
            "edge_step": st.floats(0, 1),
        }
    )
)
def test_the_score_is_from_0_to_100_and_100_means_no_reasons(figures):
    verdict = judge(replace(GOOD, **figures), intended_lufs=-18.0)
    assert 0 <= verdict.score <= 100
    assert (verdict.score == 100) == (not verdict.reasons)
