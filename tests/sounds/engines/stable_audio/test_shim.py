"""stable-audio-tools is imported without the packages it does not need, and says nothing about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
IMPORT = "from sounds.engines.stable_audio.shim import import_library; factory = import_library()\n"


def run(code: str, *, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", IMPORT + code],
        env={"PYTHONPATH": f"{path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )


LOOK = """
import sys
print(sorted({"torchaudio", "k_diffusion"} & set(sys.modules)))
import transformers
print(transformers.utils.is_torchaudio_available())
from stable_audio_tools.models import autoencoders
try: autoencoders.T.Resample(1, 2)
except ImportError as error: print(error)
"""


@pytest.fixture(scope="module")
def looked() -> subprocess.CompletedProcess[str]:
    """A process that imported the library and looks round afterwards, a line for each thing it saw."""
    return run(LOOK)


def test_the_import_prints_nothing_and_leaves_no_stand_in_behind(looked):
    stand_ins, *others = looked.stdout.splitlines()
    assert stand_ins == "[]" and len(others) == 2, "nothing was printed beside"
    assert looked.stderr == ""


def test_transformers_is_not_made_to_believe_in_a_torchaudio(looked):
    assert looked.stdout.splitlines()[1] == "False"


def test_real_packages_are_left_alone(tmp_path):
    (tmp_path / "torchaudio").mkdir()
    (tmp_path / "torchaudio" / "__init__.py").touch()
    (tmp_path / "torchaudio" / "transforms.py").write_text("class Resample: real = True")
    code = "from stable_audio_tools.models import autoencoders; print(autoencoders.T.Resample.real)"
    assert run(code, path=tmp_path).stdout == "True\n"


@pytest.mark.exhaustive
def test_a_package_built_for_another_torch_is_stood_in_for(tmp_path):
    (tmp_path / "torchaudio").mkdir()
    (tmp_path / "torchaudio" / "__init__.py").write_text("raise OSError('undefined symbol')")
    code = "from stable_audio_tools.models import autoencoders; print(autoencoders.T.Resample.__module__)"
    assert run(code, path=tmp_path).stdout == "sounds.engines.stable_audio.shim\n"


def test_a_stand_in_that_is_called_says_what_it_is(looked):
    assert "torchaudio is not installed" in looked.stdout.splitlines()[2]
