"""Claude Code alone: hooks in settings that belong to somebody."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packs.installer import config_file
from packs.installer.player import NAME
from packs.installer.receipt import RECEIPT
from tests.packs.installer.support import (
    backups,
    install,
    load,
    refused,
    save,
    tree,
    uninstall,
    without_backups,
)
from tests.packs.support import change, tone, unpack, with_sound, write_audio

HOOKS = {
    ("SessionStart", None): "session_start",
    ("UserPromptSubmit", None): "prompt_submit",
    ("PreToolUse", None): "tool_start",
    ("PostToolUseFailure", None): "tool_error",
    ("PermissionRequest", None): "permission_required",
    ("Notification", "idle_prompt"): "idle",
    ("Stop", None): "task_complete",
    ("SubagentStop", None): "subagent_complete",
    ("PreCompact", None): "context_limit",
}
THEIRS = {"matcher": "Bash", "hooks": [{"type": "command", "command": "make lint", "timeout": 30}]}


@pytest.fixture
def config(home):
    return home / ".claude/settings.json"


def sounding(config) -> dict[tuple[str, str | None], list[str]]:
    """Event and matcher to the commands of ours."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for event, groups in load(config)["hooks"].items():
        for group in groups:
            ours = [one["command"] for one in group["hooks"] if "ccbell-sounds" in one.get("command", "")]
            if ours:
                found.setdefault((event, group.get("matcher")), []).extend(ours)
    return found


def second_of(content, folder):
    """The same pack by another name."""
    unpack(content, folder)
    for document in ("manifest.json", "openpeon.json"):
        change(folder, document, lambda value: value.update(name="second"))
    change(folder, "pack.json", lambda value: value.update(id="second"))
    return folder


def test_every_hook_with_an_event_gets_one_command(good_zip, home, config):
    said = install(good_zip, "claude-code", home)
    hooks = sounding(config)
    assert hooks.keys() == HOOKS.keys()
    for place, (line,) in hooks.items():
        assert f" sounds/{HOOKS[place]}.wav " in line and line.endswith("# ccbell-sounds:sci-fi")
    (entry,) = load(config)["hooks"]["Notification"]
    assert entry["hooks"][0].keys() == {"type", "command", "timeout"}
    assert "9 hooks" in said and "Notification:idle_prompt" in said
    found = tree(home / ".claude/sounds/sci-fi")
    sounds = {f"sounds/{sound}.wav" for sound in HOOKS.values()}
    assert found.keys() == {"manifest.json", "LICENSE", NAME, RECEIPT, "sounds", *sounds}


def test_the_installed_hooks_play_and_go_quiet_when_the_folder_is_deleted(good_zip, home, config, tmp_path):
    install(good_zip, "claude-code", home)
    players = tmp_path / "bin"
    players.mkdir()
    (players / "afplay").write_text(f'#!/bin/sh\necho "$1" >> "{tmp_path}/heard"\n')
    (players / "afplay").chmod(0o755)
    lines = [line for lines in sounding(config).values() for line in lines]

    def ring() -> None:
        for line in lines:
            ended = subprocess.run(
                ["sh", "-c", line], env={"PATH": f"{players}:/usr/bin:/bin"}, capture_output=True, input=b"{}"
            )
            assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")

    ring()
    heard, until = tmp_path / "heard", time.monotonic() + 10
    while time.monotonic() < until and (
        not heard.exists() or len(heard.read_text().splitlines()) < len(lines)
    ):
        time.sleep(0.02)
    folder = home / ".claude/sounds/sci-fi"
    assert sorted(heard.read_text().splitlines()) == sorted(
        f"{folder}/sounds/{s}.wav" for s in HOOKS.values()
    )
    folder.rename(tmp_path / "gone")
    ring()
    time.sleep(0.1)
    assert len(heard.read_text().splitlines()) == len(lines)
    uninstall(good_zip, "claude-code", home)
    assert load(config) == {"hooks": {event: [] for event, _ in HOOKS}}, "its receipt went with the folder"


def test_settings_that_are_there_keep_everything_else(good_zip, home, config):
    before = {
        "model": "opus",
        "hooks": {
            "Stop": [THEIRS],
            "PreToolUse": [],
            "Notification": [{"matcher": "idle_prompt", "hooks": []}],
        },
        "permissions": {"allow": ["Bash(ls:*)"], "é": [1.5]},
    }
    save(config, before)
    text = config.read_bytes()
    install(good_zip, "claude-code", home)
    after = load(config)
    assert list(after) == list(before) and after["hooks"]["Stop"][0] == THEIRS
    assert [backup.read_bytes() for backup in backups(config.parent)] == [text]
    uninstall(good_zip, "claude-code", home)
    assert config.read_bytes() == text


def test_uninstalling_leaves_nothing_but_the_backup(good_zip, home, config):
    install(good_zip, "claude-code", home)
    once = tree(home)
    assert "already; nothing had to be changed" in install(good_zip, "claude-code", home)
    assert tree(home) == once
    uninstall(good_zip, "claude-code", home)
    assert without_backups(tree(home)) == {".claude": None}


def test_another_pack_takes_the_place_of_the_first_so_that_nothing_sounds_twice(
    content, good_zip, home, config, tmp_path
):
    second = second_of(with_sound(content, "tool_start", claude_event="SessionEnd"), tmp_path / "second")
    for order in ((good_zip, second), (second, good_zip)):
        save(config, {"hooks": {"Stop": [THEIRS]}})
        install(good_zip, "claude-code", home)
        said = install(second, "claude-code", home)
        assert "the hooks of “sci-fi”, whose files stay where they are" in said
        hooks = sounding(config)
        assert all(len(lines) == 1 and lines[0].endswith(":second") for lines in hooks.values())
        assert ("SessionEnd", None) in hooks and "PreToolUse" not in load(config)["hooks"]
        for pack in order:
            uninstall(pack, "claude-code", home)
        assert load(config) == {"hooks": {"Stop": [THEIRS]}}
    assert without_backups(tree(home)).keys() == {".claude", ".claude/settings.json"}


def test_what_a_person_did_to_our_entries_stays_as_far_as_it_can(good_zip, home, config):
    install(good_zip, "claude-code", home)
    document = load(config)
    document["hooks"]["Stop"][0]["hooks"][0]["timeout"] = 9
    document["hooks"]["Stop"][0]["hooks"].append({"type": "command", "command": "true"})
    document["hooks"]["SessionStart"].append(THEIRS)
    del document["hooks"]["PreCompact"]
    save(config, document)
    install(good_zip, "claude-code", home)
    assert load(config)["hooks"]["Stop"][0]["hooks"][0]["timeout"] == 9
    assert sounding(config).keys() == HOOKS.keys()
    uninstall(good_zip, "claude-code", home)
    assert load(config) == {
        "hooks": {
            "SessionStart": [THEIRS],
            "Stop": [{"hooks": [{"type": "command", "command": "true"}]}],
        }
    }


def test_of_two_sounds_for_one_event_the_first_is_taken_and_it_says_so(content, home, config, tmp_path):
    twice = unpack(with_sound(content, "context_limit", claude_event="Stop"), tmp_path / "twice")
    said = install(twice, "claude-code", home)
    assert "sounds/context_limit.wav: sounds/task_complete.wav sounds at Stop already." in said
    ((line,),) = (lines for place, lines in sounding(config).items() if place == ("Stop", None))
    assert "task_complete" in line


def test_an_event_that_can_be_none_is_left_out(content, home, config, tmp_path):
    odd = unpack(with_sound(content, "context_limit", claude_event="rm -rf; x"), tmp_path / "odd")
    assert "“rm -rf; x” is no event of Claude Code." in install(odd, "claude-code", home)
    assert "rm -rf" not in config.read_text()


def test_hooks_that_are_switched_off_are_spoken_of(good_zip, home, config):
    save(config, {"disableAllHooks": True})
    assert "“disableAllHooks” is true" in install(good_zip, "claude-code", home)


@pytest.mark.parametrize(
    ("hooks", "words"),
    [
        ([], "“hooks” in the settings must be an object, not a list"),
        (None, "“hooks” in the settings must be an object, not null"),
        ({"Stop": {}}, "“hooks.Stop” in the settings must be a list, not an object"),
        ({"Other": None}, "“hooks.Other” in the settings must be a list, not null"),
    ],
)
def test_settings_that_are_built_wrongly_are_left_as_they_are(good_zip, home, config, hooks, words):
    save(config, {"hooks": hooks})
    assert words in refused(good_zip, "claude-code", home)
    assert words in refused(good_zip, "claude-code", home, uninstall=True)


def test_settings_that_cannot_be_read_are_left_as_they_are(good_zip, home, config):
    config.parent.mkdir()
    config.write_bytes(b"// mine\n{}")
    assert "settings.json is left as it is: it is no JSON" in refused(good_zip, "claude-code", home)


def test_settings_that_cannot_be_written_leave_no_files_behind(good_zip, home, config, monkeypatch):
    save(config, {"hooks": {}})
    real = os.replace

    def fail(source: Any, target: Any) -> None:
        if str(target).endswith("settings.json"):
            raise PermissionError(13, "Permission denied")
        real(source, target)

    monkeypatch.setattr(config_file.os, "replace", fail)
    assert "(Permission denied); it is as it was" in refused(good_zip, "claude-code", home)


def test_an_update_that_fails_leaves_the_pack_as_it_was(
    content, good_zip, home, config, tmp_path, monkeypatch
):
    install(good_zip, "claude-code", home)
    newer = unpack(with_sound(content, "tool_start", claude_event="SessionEnd"), tmp_path / "newer")

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config_file.os, "replace", fail)
    assert "No space left on device" in refused(newer, "claude-code", home)
    monkeypatch.undo()
    install(newer, "claude-code", home)
    assert ("SessionEnd", None) in sounding(config)


def test_the_folder_that_claude_config_dir_names_is_used(good_zip, home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "moved"))
    install(good_zip, "claude-code", "")
    assert (tmp_path / "moved/settings.json").is_file() and (tmp_path / "moved/sounds/sci-fi").is_dir()
    assert tree(home) == {}
    install(good_zip, "claude-code", home)
    assert (home / ".claude/settings.json").is_file()


def test_a_pack_with_pack_json_alone_is_played_by_the_events_it_means(folder, home, config):
    for name in ("manifest.json", "openpeon.json", "ccbell-config.template.json"):
        (folder / name).unlink()
    install(folder, "claude-code", home)
    assert sounding(config).keys() == {
        ("Stop", None),
        ("Notification", "permission_prompt"),
        ("Notification", "idle_prompt"),
        ("SubagentStop", None),
    }


def test_an_old_claude_code_gets_no_event_for_which_it_would_skip_the_settings(
    good_zip, home, config, tmp_path, monkeypatch
):
    program = tmp_path / "bin/claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho '2.0.44 (Claude Code)'\n")
    program.chmod(0o755)
    assert "Needs" in install(good_zip, "claude-code", home)  # no version is known
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    said = install(good_zip, "claude-code", home)
    missing = {("PostToolUseFailure", None), ("PermissionRequest", None)}
    assert sounding(config).keys() == HOOKS.keys() - missing
    assert load(config)["hooks"].keys() == {event for event, _ in HOOKS.keys() - missing}
    assert (
        "Claude Code 2.0.44 does not know PostToolUseFailure and PermissionRequest," in said
        and "Needs" not in said
    )
    program.write_text("#!/bin/sh\necho '2.1.101 (Claude Code)'\n")
    said = install(good_zip, "claude-code", home)
    assert sounding(config).keys() == HOOKS.keys() and "Needs" not in said


def test_our_tag_in_a_persons_own_command_makes_it_no_hook_of_ours(good_zip, home, config):
    theirs = [{"hooks": [{"type": "command", "command": "notify-send done # ccbell-sounds:sci-fi"}]}]
    save(config, {"hooks": {"Stop": theirs}})
    install(good_zip, "claude-code", home)
    assert load(config)["hooks"]["Stop"][0] == theirs[0]
    uninstall(good_zip, "claude-code", home)
    assert load(config) == {"hooks": {"Stop": theirs}}


def test_sounds_that_a_person_keeps_elsewhere_are_not_written_through_their_link(good_zip, home):
    install(good_zip, "claude-code", home)
    folder = home / ".claude/sounds/sci-fi"
    (folder / "sounds").rename(home / "elsewhere")
    (folder / "sounds").symlink_to(home / "elsewhere")
    (home / "elsewhere/idle.wav").unlink()
    before = tree(home / "elsewhere")
    said = install(good_zip, "claude-code", home)
    assert tree(home / "elsewhere") == before
    assert not (folder / "sounds").is_symlink() and (folder / "sounds/idle.wav").is_file()
    assert (folder / "sounds.yours").is_symlink() and "sounds as sounds.yours" in said


def test_a_pack_that_names_no_event_is_refused_and_says_what_to_do(folder, home):
    for name in ("manifest.json", "pack.json", "ccbell-config.template.json"):
        (folder / name).unlink()
    assert "manage.py import_pack" in refused(folder, "claude-code", home)


def test_a_sound_that_is_no_16_bit_wav_is_refused(content, home, folder):
    data = write_audio(folder / "sounds/idle.wav", tone(), subtype="PCM_24").read_bytes()

    def restate(document: dict[str, Any]) -> None:
        document["files"]["idle"]["sha256"] = hashlib.sha256(data).hexdigest()

    change(folder, "manifest.json", restate)
    assert "sounds/idle.wav is no 16-bit WAV" in refused(folder, "claude-code", home)


# Whatever the settings are.

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
handlers = st.fixed_dictionaries(
    {"type": st.sampled_from(["command", "prompt"])},
    optional={"command": st.sampled_from(["true", "echo '# ccbell-sounds:'", ""]), "timeout": any_json},
)
groups = st.fixed_dictionaries(
    {"hooks": st.lists(handlers | any_json, max_size=2)},
    optional={"matcher": st.sampled_from(["", "Bash", "idle_prompt", None, 5])},
)
events = st.sampled_from(["Stop", "Notification", "PreToolUse", "SessionEnd", "Odd event"])
settings_files = st.fixed_dictionaries(
    {},
    optional={
        "hooks": st.dictionaries(events, st.lists(groups | any_json, max_size=2), max_size=3),
        "disableAllHooks": st.booleans(),
        "model": any_json,
        "é": any_json,
    },
)


@given(settings_files)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_installing_and_uninstalling_gives_back_any_settings(good_zip, tmp_path_factory, before):
    home = tmp_path_factory.mktemp("home")
    config = save(home / ".claude/settings.json", before)
    install(good_zip, "claude-code", home)
    once = config.read_bytes()
    assert sounding_well(json.loads(once)) == HOOKS.keys()
    assert {key: value for key, value in json.loads(once).items() if key != "hooks"} == {
        key: value for key, value in before.items() if key != "hooks"
    }
    install(good_zip, "claude-code", home)
    assert config.read_bytes() == once
    uninstall(good_zip, "claude-code", home)
    assert load(config) == before
    assert without_backups(tree(home)).keys() == {".claude", ".claude/settings.json"}


def sounding_well(document: dict[str, Any]) -> set[tuple[str, str | None]]:
    """Event and matcher of the commands of ours, in settings that may hold anything else."""
    return {
        (event, group.get("matcher"))
        for event, groups in document["hooks"].items()
        for group in groups
        if isinstance(group, dict)
        for one in group.get("hooks") or ()
        if isinstance(one, dict) and str(one.get("command")).endswith("# ccbell-sounds:sci-fi")
    }
