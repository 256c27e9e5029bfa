"""``MODEL_DEVICE`` is obeyed or answered in a sentence; a device that calculates otherwise is not trusted."""

from __future__ import annotations

import pytest
import torch

from sounds.engines.stable_audio.device import Device, agrees, is_out_of_memory, pick, wanted_kind
from sounds.engines.stable_audio.errors import DeviceError
from tests.sounds.engines.stable_audio.conftest import FAST_HALF


class Drifting(Device):
    """Calculates a little wrong, as MPS has been seen to."""

    def decode(self, latents, quality, pulse):
        audio = super().decode(latents, quality, pulse)
        return audio + 0.3 * audio.flip(0)


class Refusing(Device):
    def velocity(self, x, time, context, quality):
        raise NotImplementedError("The operator is not implemented for this device")


class Nan(Device):
    def velocity(self, x, time, context, quality):
        return torch.full_like(x, float("nan"))


@pytest.mark.parametrize("word", ["", "auto", " CPU ", "cpu"])
def test_words_for_a_device_that_is_here(monkeypatch, word):
    monkeypatch.setenv("MODEL_DEVICE", word)
    assert wanted_kind() in ("auto", "cpu")


def test_another_word_is_answered_with_those_that_exist(monkeypatch):
    monkeypatch.setenv("MODEL_DEVICE", "gpu")
    with pytest.raises(DeviceError, match=r"^MODEL_DEVICE is gpu; it must be one of auto, cuda, mps, cpu\.$"):
        wanted_kind()


@pytest.mark.parametrize(("kind", "title"), [("cuda", "CUDA"), ("mps", "MPS")])
def test_a_device_that_is_not_here(monkeypatch, kind, title):
    monkeypatch.setenv("MODEL_DEVICE", kind)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    sentence = f"MODEL_DEVICE is {kind}, but PyTorch finds no {title} device here; set it to auto or cpu."
    with pytest.raises(DeviceError) as caught:
        wanted_kind()
    assert str(caught.value) == sentence


def test_the_cpu_is_picked_where_it_is_asked_for(monkeypatch, model, tmp_path):
    monkeypatch.setenv("MODEL_DEVICE", "cpu")
    assert pick(model, tmp_path / "precision.json").kind == "cpu"


def test_a_device_is_trusted_when_it_agrees_with_the_cpu(model):
    cpu = Device(model, "cpu", FAST_HALF)
    assert agrees(Device(model, "cpu", FAST_HALF), cpu)
    assert not any(agrees(odd(model, "cpu", FAST_HALF), cpu) for odd in (Drifting, Refusing, Nan))


@pytest.mark.parametrize(
    ("error", "means_memory"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 8 GB)"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: not enough memory"), True),
        (MemoryError(), True),
        (RuntimeError("expected scalar type Float"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_running_out_of_memory_is_told_from_other_faults(error, means_memory):
    assert is_out_of_memory(error) is means_memory


def test_the_cpu_s_own_refusal_is_known():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert is_out_of_memory(caught.value)
