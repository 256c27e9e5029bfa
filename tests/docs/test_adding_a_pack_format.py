"""docs/adding-a-pack-format.md, done as it says in a copy of the studio: the example is built and played."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.page import blocks, lines, read, write_files
from tests.docs.shell import Shell
from tests.support.studio import ROOT, Studio

pytestmark = pytest.mark.slow

PAGE = "adding-a-pack-format.md"
COPIED = ("accounts", "ccbell_site", "jobs", "packs", "releases", "sounds", "studio", "manage.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The studio's source with everything that the page adds and changes."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in COPIED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    for name in ("static", "templates", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    write_files(PAGE, folder)
    for block in blocks(PAGE, "diff"):
        done = subprocess.run(
            ["git", "apply", "--verbose", "-"], cwd=folder, input=block.text, text=True, capture_output=True
        )
        assert done.returncode == 0, f"{PAGE}, line {block.line}: {done.stderr}"
    return folder


@pytest.fixture
def shell(copy: Path, studio: Studio, tmp_path: Path) -> Shell:
    (tmp_path / "home").mkdir()
    # The copy's modules and nobody else's.
    environment = studio.environment | {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(copy)}
    return Shell(copy, environment)


def test_the_pages_format_is_written_judged_installed_and_read_in(shell: Shell, tmp_path: Path):
    build, judge, try_it, install, bring, take_out = lines(PAGE)
    shell.run(build)
    assert "valid" in shell.run(judge).stdout
    installed = tmp_path / "home" / ".chime" / "minimal"
    assert ".chime/minimal" in shell.run(try_it).stdout and not installed.exists()
    assert re.search(r"Plays +2 sounds", shell.run(install).stdout)
    told = json.loads((installed / "chime.json").read_text("utf-8"))
    assert set(told["sounds"]) == {"task_complete", "tool_error"}
    assert all((installed / name).read_bytes()[:4] == b"RIFF" for name in told["sounds"].values())
    brought = shell.run(bring).stdout
    assert "minimal-2" in brought and all(hook in brought for hook in told["sounds"])
    kept = tmp_path / "kept"
    shutil.copytree(installed, kept)
    shell.run(take_out)
    assert not installed.exists()
    (kept / told["sounds"]["tool_error"]).unlink()
    judged = json.loads(shell.run(f"python manage.py validate_pack {kept} --json || test $? = 2").stdout)
    assert [one["sentence"] for one in judged["findings"] if one["rules"] == "chime"] == [
        "“sounds/tool_error.wav” is missing from the pack."
    ]


def test_every_module_the_page_names_is_there():
    named = set(re.findall(r"`((?:packs|studio|releases|tests)/[\w/.]+)`", read(PAGE)))
    assert len(named) > 10 and {name for name in named if not (ROOT / name).exists()} == set()
