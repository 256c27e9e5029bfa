"""A real ffmpeg for tests, whether or not the machine has one."""

from __future__ import annotations

import os
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.support import warm


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put ffmpeg, and nothing else, on the PATH."""
    folder.mkdir()
    os.symlink(imageio_ffmpeg.get_ffmpeg_exe(), folder / "ffmpeg")
    _have(folder, monkeypatch)


def uninstall(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no ffmpeg on the PATH."""
    folder.mkdir()
    _have(folder, monkeypatch)


def _have(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path))
    warm.renew()
