from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import replace

from packs.formats import guide
from packs.installer.ccbell_rules import Effect, check_config
from tests.packs.support import with_sound


def text(content) -> str:
    return guide.write(content)["INSTALL.md"].decode()


def settings(content) -> dict:
    (block,) = re.findall(r"```json\n(.*?)```", text(content), re.DOTALL)
    return json.loads(block)["hooks"]


def test_it_tells_how_to_listen_and_where_each_player_looks(content):
    words = text(content)
    for needle in (
        "afplay sounds/session_start.wav",
        "~/.claude/ccbell/packs/sci-fi",
        "~/.claude/hooks/peon-ping/packs/sci-fi/",
        "~/.openpeon/packs/sci-fi/",
        "~/.claude/settings.json",
        "python3 install.py --for ccbell  ",
        "python3 install.py --for cesp  ",
        "python3 install.py --for claude-code  ",
    ):
        assert needle in words
    assert all(f"`sounds/{sound.hook}.wav`" in words for sound in content.sounds)


def test_it_does_not_change_with_the_version(content):
    assert text(replace(content, version="9.9.9")) == text(content)


def test_the_command_for_ccbell_makes_a_config_that_the_client_plays(content, folder):
    (command,) = re.findall(r"sed .*", text(content))
    subprocess.run(["sh", "-c", command.strip()], cwd=folder, check=True)
    issues = check_config((folder / "filled.json").read_bytes(), lambda path: bool(path) and _is_file(path))
    assert [issue.effect for issue in issues] == [Effect.PLAYS] * 4


def _is_file(path: str) -> bool:
    return subprocess.run(["test", "-f", path]).returncode == 0


def test_the_settings_for_claude_code_are_complete(content):
    hooks = settings(content)
    assert list(hooks)[:2] == ["SessionStart", "UserPromptSubmit"]
    assert hooks["Notification"][0]["matcher"] == "idle_prompt"
    assert "matcher" not in hooks["Stop"][0]
    (command,) = hooks["Stop"][0]["hooks"]
    assert command["type"] == "command" and "/sounds/sci-fi/sounds/task_complete.wav" in command["command"]


def test_events_that_an_old_claude_code_would_skip_the_settings_for_are_named(content):
    said = " ".join(text(content).split())
    assert "leave out `PostToolUseFailure` and `PermissionRequest`." in said
    old = [replace(sound, claude_event="Stop") for sound in content.sounds]
    assert "before 2.1.101" not in text(replace(content, sounds=old))


def test_two_sounds_for_one_event_are_two_entries(content):
    twice = with_sound(content, "tool_start", claude_event="Notification:permission_prompt")
    matchers = [entry["matcher"] for entry in settings(twice)["Notification"]]
    assert matchers == ["permission_prompt", "idle_prompt"]


def test_a_hooks_command_plays_the_file_in_the_home_folder_and_prints_nothing(content, tmp_path):
    player = tmp_path / "afplay"
    player.write_text('#!/bin/sh\necho noise\nprintf %s "$1" > "$HOME/heard"\n')
    player.chmod(0o755)
    command = settings(content)["Stop"][0]["hooks"][0]["command"]
    environment = {"HOME": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", f"{command}\nwait"], env=environment, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    heard = (tmp_path / "heard").read_text()
    assert heard == f"{tmp_path}/.claude/sounds/sci-fi/sounds/task_complete.wav"
    assert shlex.split(command)


def test_what_a_pack_has_no_sound_for_is_left_out(content):
    bare = replace(
        content,
        sounds=[
            replace(sound, claude_event="", ccbell_event="", cesp_category="") for sound in content.sounds
        ],
    )
    words = text(bare)
    assert "## Listen" in words
    assert (
        "## ccbell" not in words
        and "install.py" not in words
        and "openpeon" not in words
        and "settings.json" not in words
    )


def test_words_of_others_stay_in_their_cell(content):
    words = text(with_sound(content, "idle", title="a | b\nc", description="line\n\n# head"))
    assert "| a \\| b c | line # head |" in words
