"""Files become a model, or one sentence that says what is wrong with them."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from sounds.engines.stable_audio.check import check
from sounds.engines.stable_audio.errors import ModelError
from sounds.engines.stable_audio.load import load
from sounds.engines.stable_audio.memory import available_bytes, require

DAMAGED = r"is damaged; run: python manage.py install_model stable-audio-open-small$"


def change_config(files, *keys, value):
    data = json.loads(files.config.read_text())
    inner = data
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    files.config.write_text(json.dumps(data))


def change_weights(files, **changes):
    weights = load_file(files.weights)
    for name, tensor in changes.items():
        weights.pop(name, None)
        if tensor is not None:
            weights[name] = tensor
    save_file(weights, files.weights)


@pytest.fixture(params=[check, load])
def open_(request):
    return request.param


def test_the_model_is_whole_and_of_the_right_width(model):
    assert model.config.latent_frames == 256
    assert model.config.frames_per_latent == 2048
    assert all(parameter.device.type == "cpu" for parameter in model.dit.parameters())
    assert not any(parameter.requires_grad for parameter in model.decoder.parameters())


def test_whole_files_pass_the_check(files):
    check(files)


def test_a_config_that_spells_out_what_is_usual_is_the_same_model(files):
    for name, usual in (("global_cond_type", "prepend"), ("num_memory_tokens", 0), ("patch_size", 1)):
        change_config(files, "model", "diffusion", "config", name, value=usual)
    check(files)
    load(files)


def test_weights_are_as_the_library_loads_them(model, stock):
    theirs = stock.model.model.state_dict()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in model.dit.state_dict().items())


def test_half_precision_files_are_read_too(files):
    weights = {name: tensor.half() for name, tensor in load_file(files.weights).items()}
    save_file(weights, files.weights)
    assert load(files).dit.preprocess_conv.weight.dtype == torch.float32


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(part=0.0)
@example(part=0.999999)
@given(part=st.floats(0, 1, exclude_max=True))
def test_weights_cut_anywhere_are_damaged(files, tiny, part):
    whole = (tiny / "model.safetensors").read_bytes()
    files.weights.write_bytes(whole[: int(part * len(whole))])
    for open_ in (check, load):
        with pytest.raises(ModelError, match=DAMAGED):
            open_(files)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rubbish=st.binary(max_size=400))
def test_weights_that_are_something_else_are_damaged(files, rubbish):
    files.weights.write_bytes(rubbish)
    with pytest.raises(ModelError, match=DAMAGED):
        load(files)


def test_a_header_full_of_nonsense_is_damaged(files, open_):
    header = b'{"a": {"dtype": "F32", "shape": "no", "data_offsets": [0, "x"]}}'
    files.weights.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelError, match=DAMAGED):
        open_(files)


def test_a_missing_tensor_is_named(files, open_):
    change_weights(files, **{"model.model.transformer.project_in.weight": None})
    with pytest.raises(ModelError, match=r"the weights lack model\.model\.transformer\.project_in\.weight"):
        open_(files)


def test_a_tensor_of_another_shape_is_named_with_both(files, open_):
    change_weights(files, **{"model.model.preprocess_conv.weight": torch.zeros(3, 64, 1)})
    with pytest.raises(
        ModelError, match=r"preprocess_conv\.weight has the shape 3 × 64 × 1, not 64 × 64 × 1"
    ):
        open_(files)


def test_a_tensor_too_many_fails_the_check(files):
    change_weights(files, extra=torch.zeros(1))
    with pytest.raises(ModelError, match="the weights hold extra"):
        check(files)


def test_the_encoder_of_the_autoencoder_is_checked_but_not_needed(files):
    name = "pretransform.model.encoder.layers.0.bias"
    change_weights(files, **{name: None})
    load(files)
    with pytest.raises(ModelError, match="the weights lack " + name):
        check(files)


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (["model_type"], "lm", "its model_type is lm, not diffusion_cond"),
        (["sample_rate"], 48_000, "its sample_rate is 48000, not 44100"),
        (["model", "diffusion", "diffusion_objective"], "v", "its diffusion_objective is v, not rf_denoiser"),
        (["model", "diffusion", "config", "global_cond_type"], "adaLN", "its diffusion config is"),
        (
            ["model", "pretransform", "config", "decoder", "type"],
            "dac",
            "its decoder type is dac, not oobleck",
        ),
        (["model", "conditioning", "configs"], [], "its conditions is"),
        (["model", "pretransform"], None, "its config lacks"),
    ],
)
def test_the_config_of_another_model_is_told_apart(files, open_, keys, value, words):
    change_config(files, *keys, value=value)
    with pytest.raises(ModelError, match=words):
        open_(files)


def test_sizes_that_the_library_cannot_build_are_refused(files, open_):
    change_config(files, "model", "diffusion", "config", "depth", value="many")
    with pytest.raises(ModelError, match="cannot build what its config describes"):
        open_(files)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=40) | st.from_type(type(None)).map(lambda _: "[]"))
def test_any_other_text_is_no_config(files, text):
    files.config.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(ModelError, match="install_model"):
        load(files)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_damaged_text_encoder_fails_the_check(files, name):
    (files.text_encoder / name).write_text("{")
    with pytest.raises(ModelError, match="install_model"):
        check(files)


def test_a_text_encoder_without_one_of_its_tensors_fails_the_check(files):
    weights = load_file(files.text_encoder / "model.safetensors")
    del weights["encoder.final_layer_norm.weight"]
    save_file(weights, files.text_encoder / "model.safetensors")
    with pytest.raises(ModelError, match=r"its text encoder lacks encoder.final_layer_norm.weight"):
        check(files)


def test_too_little_memory_is_told_with_both_numbers():
    free = available_bytes()
    assert free is not None
    require(1000)
    with pytest.raises(ModelError, match=r"needs [\d.]+ GB of free memory, and this machine has [\d.]+ GB"):
        require(10 * free)
