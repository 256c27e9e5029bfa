"""Precision is chosen by what was measured, and measured once."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sounds.engines.stable_audio.precision import Rates, Way, measured, plan

CPU = torch.device("cpu")


def rates(**linear):
    return Rates(dict(linear), dict(linear), ["fp32"])


def test_exact_is_single_precision_however_fast_the_others_are():
    how = plan("exact", rates(fp32=100, bf16=9000, fp16=9000))
    assert how.diffusion == how.head == how.tail == Way("fp32", True)


@pytest.mark.parametrize(
    ("measured_rates", "diffusion", "head", "tail"),
    [
        ({"fp32": 400, "bf16": 800, "fp16": 20}, "bf16", "fp32", "bf16"),
        ({"fp32": 350, "bf16": 2300, "fp16": 2300}, "fp16", "fp16", "fp16"),
        ({"fp32": 100, "bf16": 110, "fp16": 5}, "fp32", "fp32", "fp32"),
        ({"fp32": 100, "fp16": 300}, "fp16", "fp16", "fp16"),
        ({"fp32": 100}, "fp32", "fp32", "fp32"),
    ],
)
def test_half_precision_is_taken_where_it_is_fast(measured_rates, diffusion, head, tail):
    how = plan("standard", rates(**measured_rates))
    assert [way.precision for way in (how.diffusion, how.head, how.tail)] == [diffusion, head, tail]
    draft = plan("draft", rates(**measured_rates))
    assert [way.precision for way in (draft.diffusion, draft.head, draft.tail)] == [diffusion, tail, tail]


@given(bf16=st.floats(0.01, 1e5), fp16=st.floats(0.01, 1e5))
def test_nothing_is_chosen_that_is_slower_than_single_precision(bf16, fp16):
    found = rates(fp32=100.0, bf16=bf16, fp16=fp16)
    for quality in ("standard", "draft"):
        how = plan(quality, found)
        assert all(found.linear[way.precision] >= 100.0 for way in (how.diffusion, how.tail))


def test_this_machine_is_measured_once(tmp_path):
    cache = tmp_path / "models" / "precision.json"
    found = measured(CPU, cache)
    assert found.linear["fp32"] > 0 and found.convolution["fp32"] > 0
    assert measured(CPU, cache) == found


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rubbish=st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b'{"cpu": 3}']))
def test_a_damaged_note_is_measured_anew(tmp_path, rubbish):
    cache = tmp_path / "precision.json"
    cache.write_bytes(rubbish)
    assert "fp32" in measured(CPU, cache).linear
    json.loads(cache.read_text())


def test_what_was_measured_elsewhere_does_not_count(tmp_path):
    cache = tmp_path / "precision.json"
    entry = {"linear": {"fp32": 1.0}, "convolution": {"fp32": 1.0}, "onednn": []}
    cache.write_text(json.dumps({"another machine": entry}))
    assert measured(CPU, cache).linear["fp32"] != 1.0
    assert "another machine" in json.loads(cache.read_text())
