"""What makes sounds here."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.run import finish
from sounds.models import EngineFault
from studio.doctor import engines
from studio.doctor.finding import State
from tests.studio.doctor.support import named, only
from tests.support.briefs import submit
from tests.support.studio import PLUGIN, wait_for


def test_the_synthesizer_is_ready_and_a_model_that_is_missing_is_no_fault():
    told = list(engines.usable())
    assert named(told, "procedural").fact == "ready; loaded with the next sound"
    missing = named(told, "stable-audio-open-small")
    assert missing.state is State.NOTE and missing.todo.endswith("install_model stable-audio-open-small")


@pytest.mark.django_db(transaction=True)
def test_an_engine_in_memory_says_so_and_what_it_runs_on(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    wait_for(lambda: named(engines.usable(), "steady").fact.startswith("loaded, "))
    assert only(engines.device()).fact == "none, in use (MODEL_DEVICE=cpu)"


@pytest.mark.slow
def test_a_device_that_is_not_here_is_told(settings):
    settings.MODEL_DEVICE = "mps"
    told = only(engines.device())
    assert told.name == "device"
    if told.state is not State.NOTE:  # PyTorch takes its time where much else goes on
        assert told.state is State.FAIL and told.todo == "set MODEL_DEVICE to auto or cpu"


@pytest.mark.django_db
def test_an_engines_last_fault_is_told():
    assert list(engines.faults()) == []
    EngineFault.objects.create(engine="procedural", sentence="Memory ran out; close something.")
    told = only(engines.faults())
    assert told.state is State.WARN and told.todo == "Memory ran out; close something."


def test_ffmpeg_is_found_run_or_missed(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    missed = only(engines.with_ffmpeg())
    assert (
        missed.state is State.NOTE and "only m4a and webm need it" in missed.fact and "ffmpeg" in missed.todo
    )
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho ffmpeg version 7.1-static Copyright\n")
    program.chmod(0o755)
    assert only(engines.with_ffmpeg()).fact == f"7.1-static at {program}"
    program.write_text("#!/bin/sh\nexit 1\n")
    assert only(engines.with_ffmpeg()).state is State.WARN
