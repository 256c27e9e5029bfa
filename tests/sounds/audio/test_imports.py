"""The folder is plain Python on arrays, and quick to load: commands must start in an instant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sounds.audio

PROGRAM = """
import importlib, sys
for name in {names!r}:
    importlib.import_module("sounds.audio." + name)
print(*(name for name in ("django", "scipy", "matplotlib") if name in sys.modules))
"""


def test_nothing_of_django_or_scipy_is_loaded():
    folder = Path(sounds.audio.__file__).parent
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    command = [sys.executable, "-c", PROGRAM.format(names=names)]
    loaded = subprocess.run(command, cwd=folder.parents[1], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
