"""Audio is what the library's decoder makes of the latents, and only as much of it as is needed."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sounds.engines.stable_audio.decode import MARGIN, Decoder
from sounds.engines.stable_audio.kernels import onednn_works
from sounds.engines.stable_audio.precision import Way
from tests.sounds.engines.stable_audio.conftest import snr_db

CPU = torch.device("cpu")
WAYS = [Way("fp32", False), *([Way("fp32", True)] if onednn_works() else [])]


@torch.inference_mode()
def ours(model, latents, *, head=WAYS[0], tail=WAYS[0], pulse=lambda fraction: None):
    return Decoder(model.decoder, CPU, head, tail).decode(latents, pulse)


@torch.inference_mode()
def theirs(stock, latents):
    return stock.pretransform.decode(latents[None])[0].t()


def latents(count, seed=0):
    return torch.randn(64, count, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("way", WAYS, ids=str)
@settings(max_examples=12, deadline=None)
@given(count=st.integers(1, 40), seed=st.integers(0, 2**31))
def test_any_number_of_latents_sounds_as_from_the_library(model, stock, way, count, seed):
    made = ours(model, latents(count, seed), head=way, tail=way)
    assert made.shape == (2048 * count, 2)
    assert snr_db(theirs(stock, latents(count, seed)), made) >= 100


@pytest.fixture(scope="module")
def whole(stock):
    return theirs(stock, latents(48))


@settings(max_examples=8, deadline=None)
@given(count=st.integers(1, 30))
def test_eleven_latents_more_are_all_that_a_beginning_needs(model, whole, count):
    made = ours(model, latents(48)[:, : count + MARGIN])[: 2048 * count]
    assert snr_db(whole[: 2048 * count], made) >= 100


@pytest.mark.parametrize(
    ("head", "tail", "at_least_db"), [("bf16", "bf16", 25), ("fp32", "bf16", 28), ("fp16", "fp16", 45)]
)
def test_half_precision_stays_near(model, head, tail, at_least_db):
    near = ours(model, latents(20), head=Way(head, False), tail=Way(tail, False))
    assert snr_db(ours(model, latents(20)), near) >= at_least_db


def test_it_tells_how_far_it_is_and_can_be_stopped(model):
    told = []
    ours(model, latents(40), pulse=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(fraction):
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ours(model, latents(40), pulse=stop)
