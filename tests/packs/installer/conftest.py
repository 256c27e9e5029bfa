from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packs.installer.support import SYSTEM_PATH


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with a name that shells and configs have to be careful with."""
    folder = tmp_path / "o'brien $HOME é"
    folder.mkdir()
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 256 KB, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("Nothing may be mounted here.")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture(autouse=True)
def no_claude(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a Claude Code, which would be asked for its version."""
    monkeypatch.setenv("PATH", SYSTEM_PATH)
