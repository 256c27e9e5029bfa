"""What holds for every page: its links lead somewhere, and its code is written like the studio's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.page import write_files
from tests.support.studio import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_repository_lead_to_a_file(page: Path):
    links = {match[1] for match in LINK.finditer(page.read_text("utf-8"))}
    ours = {link for link in links if not re.match(r"[a-z]+:", link)}
    assert {link for link in ours if not (page.parent / link).exists()} == set()


@pytest.mark.parametrize("page", ["adding-an-engine.md", "adding-a-pack-format.md"])
def test_code_to_copy_is_formatted_and_checked_like_the_studios(page: str, tmp_path: Path):
    write_files(page, tmp_path)
    for verb in (["format", "--check"], ["check", "--ignore", "I001"]):  # what is first-party differs there
        ruff = [sys.executable, "-m", "ruff", *verb, "--no-cache", "--config", str(ROOT / "pyproject.toml")]
        ended = subprocess.run([*ruff, str(tmp_path)], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
