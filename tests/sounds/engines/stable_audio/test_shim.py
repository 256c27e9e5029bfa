"""stable-audio-tools is imported without the packages it does not need, and says nothing about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_the_import_prints_nothing_and_leaves_no_stand_in_behind():
    said = run("import sys; assert not {'torchaudio', 'k_diffusion'} & set(sys.modules)")
    assert said.stdout == "" == said.stderr


def test_transformers_is_not_made_to_believe_in_a_torchaudio():
    assert run("import transformers; print(transformers.utils.is_torchaudio_available())").stdout == "False\n"


def test_real_packages_are_left_alone(tmp_path):
    (tmp_path / "torchaudio").mkdir()
    (tmp_path / "torchaudio" / "__init__.py").touch()
    (tmp_path / "torchaudio" / "transforms.py").write_text("class Resample: real = True")
    code = "from stable_audio_tools.models import autoencoders; print(autoencoders.T.Resample.real)"
    assert run(code, path=tmp_path).stdout == "True\n"


def test_a_package_built_for_another_torch_is_stood_in_for(tmp_path):
    (tmp_path / "torchaudio").mkdir()
    (tmp_path / "torchaudio" / "__init__.py").write_text("raise OSError('undefined symbol')")
    code = "from stable_audio_tools.models import autoencoders; print(autoencoders.T.Resample.__module__)"
    assert run(code, path=tmp_path).stdout == "sounds.engines.stable_audio.shim\n"


def test_a_stand_in_that_is_called_says_what_it_is():
    code = "from stable_audio_tools.models import autoencoders\ntry: autoencoders.T.Resample(1, 2)\n"
    assert "torchaudio is not installed" in run(code + "except ImportError as error: print(error)").stdout
