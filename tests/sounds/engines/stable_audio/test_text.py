"""Words are embedded as the library embeds them, and only once."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sounds.engines.stable_audio.errors import ModelError
from sounds.engines.stable_audio.text import TextEncoder
from tests.sounds.engines.stable_audio.conftest import snr_db

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")  # the library's

FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
PROMPTS = st.text(max_size=120)


@pytest.fixture
def encoder(tiny, tmp_path):
    return TextEncoder(tiny / "t5-base", 64, tmp_path / "embeddings")


@settings(FEW, max_examples=3)
@given(prompt=PROMPTS)
def test_embeddings_are_those_of_the_library(encoder, stock, prompt):
    compare(encoder, stock, prompt)


@pytest.mark.exhaustive
@settings(FEW, max_examples=20)
@given(prompt=PROMPTS)
def test_embeddings_are_those_of_the_library_for_many_prompts(encoder, stock, prompt):
    compare(encoder, stock, prompt)


def compare(encoder, stock, prompt):
    theirs = stock.conditioner.conditioners["prompt"]([prompt], "cpu")[0][0]
    ours = encoder.embed([prompt])[prompt]
    assert ours.dtype == torch.float32
    assert snr_db(theirs, ours) >= 100
    assert torch.equal(ours, encoder.embed([prompt])[prompt])


def test_the_text_encoder_is_loaded_for_new_words_only(encoder):
    first = encoder.embed(["rain", "a drum", "rain"])
    assert encoder.loads == 1
    again = encoder.embed(["a drum", "rain"])
    assert encoder.loads == 1
    assert all(torch.equal(first[prompt], again[prompt]) for prompt in first)
    encoder.embed(["rain", "wind"])
    assert encoder.loads == 2


def test_a_prompt_reads_the_same_alone_and_among_others(encoder, tiny, tmp_path):
    alone = TextEncoder(tiny / "t5-base", 64, tmp_path / "others").embed(["rain"])
    assert torch.equal(alone["rain"], encoder.embed(["a drum", "rain", "wind"])["rain"])


@settings(FEW, max_examples=3)
@given(rubbish=st.binary(max_size=300))
def test_a_damaged_cache_is_computed_anew(encoder, rubbish):
    right = encoder.embed(["rain"])["rain"]
    (file,) = encoder.cache.glob("*.npy")
    file.write_bytes(rubbish)
    assert torch.equal(encoder.embed(["rain"])["rain"], right)
    assert file.read_bytes() != rubbish


def test_a_cache_that_cannot_be_written_is_no_error(tiny, tmp_path):
    (tmp_path / "file").touch()
    encoder = TextEncoder(tiny / "t5-base", 64, tmp_path / "file" / "embeddings")
    assert encoder.embed(["rain"])["rain"].shape == (64, 768)


def test_nothing_but_whole_files_is_left_in_the_cache(encoder):
    encoder.embed(["rain", "wind"])
    assert len(list(encoder.cache.iterdir())) == 2
    assert not list(encoder.cache.glob(".*"))


def test_another_text_encoder_does_not_find_these_embeddings(encoder, files):
    encoder.embed(["rain"])
    weights = files.text_encoder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    other = TextEncoder(files.text_encoder, 64, encoder.cache)
    other.embed(["rain"])
    assert other.loads == 1


def test_a_text_encoder_cut_short_is_told(files, tmp_path):
    weights = files.text_encoder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    encoder = TextEncoder(files.text_encoder, 64, tmp_path / "embeddings")
    with pytest.raises(ModelError, match="The text encoder of Stable Audio Open Small is damaged"):
        encoder.embed(["rain"])
