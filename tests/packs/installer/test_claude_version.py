"""The version of Claude Code, asked of programs that answer as it does."""

from __future__ import annotations

import os
from typing import Any

import pytest

from packs.installer.claude_version import installed_version, takes
from tests.packs.installer.support import SYSTEM_PATH, refused
from tests.packs.support import change


@pytest.fixture
def claude(tmp_path, monkeypatch):
    """A program named claude on the path that answers as it is told."""

    def answer(script: str) -> None:
        program = tmp_path / "claude"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{SYSTEM_PATH}")

    return answer


def test_the_program_on_the_path_is_asked(claude):
    claude('test "$1" = --version && echo "2.1.78 (Claude Code)"')
    assert installed_version() == (2, 1, 78)


@pytest.mark.parametrize("script", ["exit 1", "echo unknown", "printf '\\377'", "kill -9 $$"])
def test_without_an_answer_there_is_no_version(claude, script):
    claude(script)
    assert installed_version() is None


def test_without_a_program_there_is_no_version():
    assert installed_version() is None


@pytest.mark.parametrize(
    ("version", "event", "safe"),
    [
        ((1, 0, 100), "Stop", True),
        ((1, 0, 100), "SubagentStart", False),
        ((2, 0, 43), "SubagentStart", True),
        ((2, 0, 44), "PermissionRequest", False),
        ((2, 1, 77), "StopFailure", False),
        ((2, 1, 78), "StopFailure", True),
        ((2, 1, 100), "PostToolUseFailure", False),
        ((2, 1, 101), "PostToolUseFailure", True),
        ((2, 1, 101), "NeverHeardOf", True),
        (None, "NeverHeardOf", True),
    ],
)
def test_events_are_safe_from_when_they_came_or_are_passed_over(version, event, safe):
    assert takes(version, event) is safe


def test_a_pack_with_no_event_that_is_safe_is_refused(claude, folder, home):
    def rename(manifest: dict[str, Any]) -> None:
        for entry in manifest["files"].values():
            entry["claude_event"] = "NeverHeardOf"

    change(folder, "manifest.json", rename)
    claude("echo 2.0.44")
    assert "update Claude Code" in refused(folder, "claude-code", home)
