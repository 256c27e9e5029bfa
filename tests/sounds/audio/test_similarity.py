from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sounds.audio.similarity import embedding, similarity

from .signals import RATE_HZ, chime, click, noise, sine, stereo


def alike(a: np.ndarray, b: np.ndarray) -> float:
    return similarity(embedding(a), embedding(b))


@given(gain_db=st.floats(-60.0, 20.0))
def test_level_does_not_matter(gain_db):
    assert alike(chime(), chime() * np.float32(10 ** (gain_db / 20))) > 0.9998


def test_length_does_not_matter():
    long = np.repeat(sine(0.5, 2.0) ** 2, 1) * sine(800, 2.0)
    short = np.repeat(sine(1.0, 1.0) ** 2, 1) * sine(800, 1.0)
    assert alike(long, short) > 0.97


def test_a_little_noise_makes_a_variant_of_the_same_sound():
    assert alike(chime(), chime() + noise(level=1e-5)) > 0.95


def test_other_sounds_are_apart():
    assert alike(chime(440.0), chime(1500.0)) < 0.8
    assert alike(chime(), chime()[::-1]) < 0.8
    assert alike(chime(), noise()) < 0.3
    assert alike(chime(), click()) < 0.5


def test_likeness_goes_both_ways():
    assert alike(chime(), noise()) == pytest.approx(alike(noise(), chime()))


def test_an_embedding_is_a_centred_vector_of_length_one():
    vector = embedding(chime())
    assert (vector.shape, vector.dtype) == ((48 * 24,), np.float32)
    assert float(vector.mean()) == pytest.approx(0.0, abs=1e-6)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)


def test_the_side_a_sound_comes_from_does_not_matter():
    tone, rest = chime()[:, 0], np.zeros(RATE_HZ, np.float32)
    assert alike(stereo(tone, rest), stereo(rest, tone)) > 0.9999


def test_a_stored_embedding_can_be_compared_as_a_list():
    vector = embedding(chime())
    assert similarity(vector.tolist(), vector) == pytest.approx(1.0)


@pytest.mark.parametrize("silence", [np.zeros((1000, 2)), np.zeros((0, 2)), np.zeros(0)])
def test_silence_is_like_nothing(silence):
    assert alike(silence, chime()) == 0.0
    assert alike(silence, silence) == 0.0


@pytest.mark.parametrize("frames", [1, 50, 3000])
def test_any_length_has_an_embedding(frames):
    assert np.isfinite(embedding(noise()[:frames])).all()


@pytest.mark.parametrize("rate_hz", [22_050, 48_000, 96_000])
def test_any_rate_has_an_embedding(rate_hz):
    assert np.isfinite(embedding(chime(), rate_hz)).all()
