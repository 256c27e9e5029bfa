"""Latents are those of the library's sampler, for each sound of a batch by itself."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sounds.engines.stable_audio.diffuse import Noise, diffuse, schedule
from sounds.engines.stable_audio.dit import Dit
from sounds.engines.stable_audio.kernels import onednn_works
from sounds.engines.stable_audio.precision import Way
from tests.sounds.engines.stable_audio.conftest import snr_db

CPU = torch.device("cpu")
WAYS = [Way("fp32", False), *([Way("fp32", True)] if onednn_works() else [])]


@pytest.fixture(params=WAYS, ids=str)
def dit(model, request):
    return Dit(model.dit, CPU, request.param)


@pytest.fixture
def about():
    """Words and duration of three sounds."""
    random = torch.Generator().manual_seed(1)
    return torch.randn(3, 65, 768, generator=random), torch.randn(3, 768, generator=random)


@torch.inference_mode()
def ours(dit, about, seeds, wanted=None, length=256):
    words, whole = (array[: len(seeds)] for array in about)
    noise = [Noise(seed, (64, length)) for seed in seeds]
    return diffuse(dit.velocity, dit.context(words, whole), noise, wanted or (lambda _: [True] * len(seeds)))


@torch.inference_mode()
def theirs(stock, about, row, seed, length=256):
    from stable_audio_tools.inference.sampling import sample_rf

    torch.manual_seed(seed)
    noise = torch.randn(1, 64, length)
    return sample_rf(
        stock.model,
        noise,
        steps=8,
        sampler_type="pingpong",
        device="cpu",
        cross_attn_cond=about[0][row : row + 1],
        global_cond=about[1][row : row + 1],
        cfg_scale=1.0,
        dist_shift=stock.dist_shift,
    )[0]


def test_each_sound_of_a_batch_is_what_the_library_makes_of_it_alone(dit, stock, about):
    made = ours(dit, about, [5, 6, 2**32 - 1])
    for row, seed in enumerate([5, 6, 2**32 - 1]):
        assert snr_db(theirs(stock, about, row, seed), made[row]) >= 100


@settings(max_examples=8, deadline=None)
@given(length=st.integers(1, 300))
def test_any_length_agrees_with_the_library(model, stock, length):
    dit = Dit(model.dit, CPU, WAYS[0])
    about = torch.ones(1, 65, 768), torch.ones(1, 768)
    made = ours(dit, about, [3], length=length)
    assert snr_db(theirs(stock, about, 0, 3, length), made[0]) >= 100


def test_a_sound_that_is_dropped_leaves_the_others_as_they_were(dit, about):
    whole = ours(dit, about, [1, 2, 3])
    left = [0, 1, 2]

    def wanted(step):
        still = [one != 1 or step < 3 for one in left]
        left[:] = [one for one, goes_on in zip(left, still, strict=True) if goes_on]
        return still

    part = ours(dit, about, [1, 2, 3], wanted)
    assert len(part) == 2
    assert snr_db(whole[[0, 2]], part) >= 90


def test_nothing_is_computed_once_nobody_wants_anything(dit, about):
    steps = []
    made = ours(dit, about, [1, 2], lambda step: steps.append(step) or [False, False])
    assert steps == [1]
    assert len(made) == 0


@pytest.mark.parametrize(("precision", "at_least_db"), [("bf16", 35), ("fp16", 50)])
def test_half_precision_stays_near(model, about, precision, at_least_db):
    exact, near = (ours(Dit(model.dit, CPU, way), about, [1]) for way in (WAYS[0], Way(precision, False)))
    assert snr_db(exact, near) >= at_least_db


def test_the_schedule_falls_from_noise_to_sound():
    times = schedule()
    assert len(times) == 9
    assert times[0] == 1 and times[-1] == 0
    assert times == sorted(times, reverse=True)
