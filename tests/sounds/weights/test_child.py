"""What the worker pays for an installation: next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sounds.weights import child
from sounds.weights.errors import WeightsError
from tests.support.fake_hub import TOKEN, FakeHub

MODEL = "stable-audio-open-small"

HEAVY = {"huggingface_hub", "httpx2", "safetensors", "torch", "transformers", "numpy", "django"}


def test_who_starts_an_installation_imports_nothing_heavy():
    code = (
        "import sys, sounds.weights.child, sounds.weights.overview, sounds.weights.token; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not HEAVY & set(loaded.split())


@pytest.fixture
def loading(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which a download begins and never ends."""
    hub.faults.hold_after = 0
    monkeypatch.setenv("MODEL_CACHE_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_TOKEN", TOKEN)


def test_a_child_that_is_silent_for_too_long_is_ended_in_one_sentence(loading):
    with pytest.raises(WeightsError, match=r"Nothing moved .* goes on where it stopped"):
        child.install(MODEL, "", progress=lambda *_: None, check=lambda: None, stall_s=3)
    assert not any("sounds.weights.fetch" in one.cmdline() for one in psutil.Process().children())


def test_what_the_check_raises_ends_the_child_and_comes_through(loading):
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        child.install(MODEL, "", progress=lambda *_: stop(), check=stop)
    assert not any("sounds.weights.fetch" in one.cmdline() for one in psutil.Process().children())
