"""docs/adding-an-engine.md, done as it says: the package is installed, tested, and makes a pack."""

from __future__ import annotations

import json
import os
import re
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest

from sounds.engines.base import Capabilities, EngineCard, Progress
from tests.docs.page import blocks, lines, read, write_files
from tests.docs.shell import Shell
from tests.support.studio import ROOT, Studio

PAGE = "adding-an-engine.md"
LONGEST_LINES = 60
"""Of the example's engine, card and all."""


@pytest.mark.slow
def test_the_pages_engine_is_installed_tested_and_makes_a_pack(studio: Studio, tmp_path: Path):
    package, site = tmp_path / "ccbell-fm-bell", tmp_path / "site"
    written = write_files(PAGE, package)
    shell = Shell(tmp_path / "here", studio.environment)
    shell.environment |= {
        # Beside the virtual environment of who runs the tests, and with what it has already.
        "PIP_TARGET": str(site),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip takes any “no” of this variable for a no to the isolation
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
    }
    said = {line.partition("  #")[0].strip(): shell.run(line).stdout for line in lines(PAGE)}
    assert re.search(r"^fm-bell +ready", said["python manage.py engines"], re.MULTILINE)
    assert "3 passed" in said["python -m pytest ../ccbell-fm-bell"]
    (path,) = (tmp_path / "here" / "dist").glob("*.zip")
    with zipfile.ZipFile(path) as pack:
        made = json.loads(pack.read("manifest.json"))["files"]
    assert set(made) == {"task_complete", "tool_error"}
    assert {(one["engine"], one["engine_version"], one["licence"]) for one in made.values()} == {
        ("fm-bell", "1.0.0", "CC0-1.0")
    }
    assert len({one["sha256"] for one in made.values()}) == 2 and len(written) == 4


def test_the_example_is_short():
    code = [
        block.text for block in blocks(PAGE, "python") if "ccbell_fm_bell/" in block.text.partition("\n")[0]
    ]
    filled = [line for text in code for line in text.splitlines() if line.strip()]
    assert len(code) == 2 and len(filled) <= LONGEST_LINES


@pytest.mark.parametrize("card", [EngineCard, Capabilities])
def test_every_field_of_a_card_is_explained(card):
    rows = "\n".join(re.findall(r"^\|([^|]*)\|", read(PAGE), re.MULTILINE))
    assert {field.name for field in fields(card)} - set(re.findall(r"`(\w+)`", rows)) == set()


def test_every_way_to_report_is_explained():
    verbs = {name for name in vars(Progress) if not name.startswith("_")}
    assert verbs and all(f"`progress.{verb}`" in read(PAGE) for verb in verbs)
