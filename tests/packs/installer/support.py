"""Installing into a home folder of a test's own, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from packs.installer.cli import Wish, fulfil
from packs.installer.errors import InstallError

SYSTEM_PATH = "/usr/bin:/bin"


def install(pack: Path, player: str, home: Path, **options: Any) -> str:
    """What the installer says."""
    return fulfil(Wish(pack, player, str(home), **options), again="python3 pack.zip")


def uninstall(pack: Path, player: str, home: Path, **options: Any) -> str:
    return install(pack, player, home, uninstall=True, **options)


def refused(pack: Path, player: str, home: Path, **options: Any) -> str:
    """The sentence of a refusal, after which everything must lie as before."""
    before = tree(home)
    with pytest.raises(InstallError) as caught:
        install(pack, player, home, **options)
    assert tree(home) == before
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def tree(folder: Path) -> dict[str, Any]:
    """Every file, link and folder below one, with what it holds."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


def without_backups(found: dict[str, Any]) -> dict[str, Any]:
    return {name: data for name, data in found.items() if ".backup-" not in name}


def backups(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if ".backup-" in path.name)


def load(path: Path) -> Any:
    return json.loads(path.read_bytes())


def save(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def run_script(
    script: Path, *arguments: str, home: Path, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A person's Python runs a script of a pack: no site packages, nothing of ours on any path."""
    return subprocess.run(
        [python, "-I", "-S", str(script), *arguments],
        env={"HOME": str(home), "PATH": "/usr/bin", **environment},
        cwd="/",
        capture_output=True,
        text=True,
    )
