from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sounds.audio.clean import remove_offset
from sounds.audio.loudness import loudness
from sounds.audio.master import MasteringError, master
from sounds.audio.onset import onset_s
from sounds.audio.profile import PROFILES
from sounds.audio.true_peak import true_peak_db

from .signals import RATE_HZ, chime, click, noise, raw_sounds, sine, stereo

DEEPEST_DB = PROFILES["notification"].deepest_limiting_db


@given(sound=raw_sounds(), duration_s=st.floats(0.5, 5.0), lufs=st.floats(-26.0, -12.0))
@settings(max_examples=150, deadline=None)
def test_any_sound_becomes_a_master(sound, duration_s, lufs):
    mastered = master(sound, duration_s=duration_s, loudness_lufs=lufs)
    audio = mastered.audio
    assert audio.shape == (round(duration_s * RATE_HZ), 2)
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert not audio[[0, -1]].any()
    assert true_peak_db(audio) <= -1.0
    assert mastered.true_peak_dbtp == true_peak_db(audio)
    assert mastered.loudness_lufs == pytest.approx(loudness(audio), abs=0.01)
    reached = abs(mastered.loudness_lufs - lufs) <= 1.0
    assert reached or (mastered.loudness_lufs < lufs and mastered.limited_db >= DEEPEST_DB - 0.01)


@pytest.mark.parametrize("lufs", [-24.0, -18.0, -12.0, -10.0])
def test_a_chime_is_exactly_as_loud_as_intended(lufs):
    mastered = master(chime(duration_s=1.3, wait_s=0.2), duration_s=1.0, loudness_lufs=lufs)
    assert loudness(mastered.audio) == pytest.approx(lufs, abs=0.11)


def test_a_passage_is_measured_as_a_whole():
    mastered = master(noise(4.0), duration_s=4.0, loudness_lufs=-20.0)
    assert loudness(mastered.audio) == pytest.approx(-20.0, abs=0.1)


def test_the_limiter_works_only_where_the_ceiling_asks_for_it():
    assert master(chime(), duration_s=1.0, loudness_lufs=-18.0).limited_db == 0.0
    hot = master(chime(), duration_s=1.0, loudness_lufs=-9.0)
    assert hot.limited_db > 1.0
    assert hot.true_peak_dbtp == pytest.approx(-1.5, abs=0.01)


def test_a_click_reaches_its_loudness_by_the_quicker_limiter():
    mastered = master(click(), duration_s=0.5, loudness_lufs=-24.0)
    assert mastered.loudness_lufs == pytest.approx(-24.0, abs=1.0)


def test_a_sound_that_would_need_more_limiting_stays_quieter():
    impulse = np.zeros((RATE_HZ, 2), np.float32)
    impulse[5000] = 1.0
    mastered = master(impulse, duration_s=1.0, loudness_lufs=-16.0)
    assert mastered.loudness_lufs < -17.0
    assert mastered.limited_db == pytest.approx(DEEPEST_DB, abs=0.1)


def test_without_limiting_one_static_gain_is_all_that_happens():
    mastered = master(chime(), duration_s=1.0, loudness_lufs=-20.0)
    gain = 10 ** (mastered.gain_db / 20)
    middle = slice(2000, 40_000)
    assert np.allclose(mastered.audio[middle], remove_offset(chime())[middle] * gain, atol=1e-4)


def test_the_wait_before_the_sound_is_cut_off():
    mastered = master(chime(wait_s=0.4), duration_s=1.0, loudness_lufs=-18.0)
    assert onset_s(mastered.audio) <= 0.011
    assert mastered.trimmed_s == pytest.approx(0.39, abs=0.01)


def test_an_offset_is_gone_and_left_no_thump():
    mastered = master(chime(wait_s=0.1) + np.float32(0.3), duration_s=1.0, loudness_lufs=-18.0)
    assert abs(float(mastered.audio.mean())) < 1e-4
    assert mastered.limited_db == 0.0
    assert onset_s(mastered.audio) <= 0.011


def test_both_ends_are_faded_however_the_sound_is_cut():
    mastered = master(stereo(sine(440, 3.0)), duration_s=1.0, loudness_lufs=-18.0)
    steps = np.abs(np.diff(mastered.audio[:, 0]))
    assert max(steps[:20].max(), steps[-20:].max()) < 0.5 * steps.max()


def test_a_short_sound_fades_where_it_ends_and_is_followed_by_silence():
    mastered = master(stereo(sine(440, 0.2)), duration_s=1.0, loudness_lufs=-18.0)
    assert not mastered.audio[round(0.2 * RATE_HZ) :].any()
    assert np.abs(mastered.audio[round(0.2 * RATE_HZ) - 5 : round(0.2 * RATE_HZ)]).max() < 0.001


@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_mono_becomes_stereo(shape):
    mastered = master(sine(440, 1.0).reshape(shape), duration_s=1.0, loudness_lufs=-18.0)
    assert mastered.audio.shape == (RATE_HZ, 2)
    assert np.array_equal(mastered.audio[:, 0], mastered.audio[:, 1])


def test_the_same_sound_gives_the_same_samples_and_its_input_is_left_alone():
    sound = click()
    before = sound.copy()
    first, second = (master(sound, duration_s=0.5, loudness_lufs=-20.0).audio for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(sound, before)


def test_the_level_of_the_input_does_not_matter():
    quiet, loud = (master(chime() * g, duration_s=1.0, loudness_lufs=-18.0) for g in (1e-3, 30.0))
    assert np.allclose(quiet.audio, loud.audio, atol=1e-4)
    assert quiet.gain_db - loud.gain_db == pytest.approx(89.54, abs=0.01)


def test_another_rate_gives_another_number_of_frames():
    assert len(master(chime(), duration_s=0.7, loudness_lufs=-18.0, rate_hz=48_000).audio) == 33_600


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (np.zeros((0, 2)), "empty"),
        (np.zeros((1000, 2)), "silent"),
        (np.full((1000, 2), 1e-6), "silent"),
        (np.full((20_000, 2), 0.5), "silent once its offset is removed"),
        (np.array([[0.0, np.nan], [1.0, 1.0]]), "not finite"),
        (np.array([[0.0, np.inf], [1.0, 1.0]]), "not finite"),
        (np.ones((1000, 6)), "6 channels"),
    ],
)
def test_what_cannot_be_mastered_is_refused_in_a_sentence(sound, words):
    with pytest.raises(MasteringError, match=words) as refused:
        master(sound, duration_s=1.0, loudness_lufs=-18.0)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("duration_s", "lufs"), [(0.0, -18.0), (-1.0, -18.0), (np.nan, -18.0), (1.0, np.nan)]
)
def test_a_length_or_loudness_that_is_no_use_is_refused(duration_s, lufs):
    with pytest.raises(MasteringError, match="A master cannot"):
        master(chime(), duration_s=duration_s, loudness_lufs=lufs)


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="no mastering profile"):
        master(chime(), profile="opera", duration_s=1.0, loudness_lufs=-18.0)
