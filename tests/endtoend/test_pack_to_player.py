"""From a theme to a sound on somebody's machine: generated, built, published, downloaded, installed, played.

Every step is the command a person types, in a process of its own; only GitHub is a server of our own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundfile

from packs.installer.ccbell_rules import EVENTS, Effect, check_config
from tests.support.github import TOKEN, FakeGithub
from tests.support.studio import Studio, wait_for

pytestmark = pytest.mark.slow
SCHEMA = json.loads(Path(__file__).with_name("openpeon.schema.json").read_text())
HOOKS = (
    "session_start", "prompt_submit", "tool_complete", "tool_error", "permission_required", "question",
    "idle", "task_complete", "subagent_complete", "context_limit",
)  # fmt: skip
RECORDER = '#!/bin/sh\nprintf "%s\\n" "$1" >> "$RECORD"\n'


@dataclass(frozen=True)
class Published:
    """A release, as somebody finds it who knows the repository alone."""

    github: FakeGithub
    told: Mapping[str, Any]
    zip: Path
    """The zip, downloaded and held against its checksum."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("published")
    with FakeGithub() as github:
        studio = Studio(
            folder / "data",
            GITHUB_TOKEN=TOKEN,
            GITHUB_REPO_OWNER="somebody",
            GITHUB_REPO_NAME="packs",
            GITHUB_API_URL=github.address,
            GITHUB_SECONDS_BETWEEN_WRITES="0",
        )
        studio.manage("prepare")
        made = studio.manage(
            "generate_pack", "sci-fi", "--engine", "procedural", "--hooks", ",".join(HOOKS), "--json",
            "--out", str(folder / "out"),
        )  # fmt: skip
        studio.manage("validate_pack", json.loads(made.stdout)["zip"])
        told = json.loads(studio.manage("publish_pack", "sci-fi", "--tree", "--json").stdout)
        zipped = folder / told["zip_url"].rpartition("/")[2]
        zipped.write_bytes(get(told["zip_url"]))
        digest, name = get(told["zip_url"] + ".sha256").decode().split()
        assert (digest, name) == (hashlib.sha256(zipped.read_bytes()).hexdigest(), zipped.name)
        yield Published(github, told, zipped)


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        data: bytes = answer.read()
    return data


def install(pack: Path, player: str, home: Path, *more: str) -> str:
    """Run the installer that is in the pack, as the line in the release's notes does; what it says."""
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-I", str(pack), "--for", player, *more],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_heard(path: Path) -> bool:
    """Whether a file is a 16-bit WAV in which something sounds."""
    with soundfile.SoundFile(path) as file:
        kind = (file.format, file.subtype, file.samplerate)
        return kind == ("WAV", "PCM_16", 44_100) and bool(np.abs(file.read()).max() > 0.02)


def test_ccbell_plays_every_event_it_knows_from_a_published_pack(
    published: Published, tmp_path: Path
) -> None:
    home = tmp_path / "Ada's home"
    line = dict(published.told["install"])["ccbell"]
    assert line in published.github.repo.published()[0].body  # what people paste is what is tried here
    assert line.endswith(f"python3 {published.zip.name} --for ccbell")
    install(published.zip, "ccbell", home)
    config = (home / ".claude/ccbell.config.json").read_bytes()
    issues = check_config(config, os.path.exists)
    assert not [issue for issue in issues if issue.effect not in (Effect.PLAYS, Effect.IGNORED)]
    playing = {issue.event: Path(issue.sound) for issue in issues if issue.effect is Effect.PLAYS}
    assert set(playing) == set(EVENTS)
    assert all(is_heard(path) for path in playing.values())
    install(published.zip, "ccbell", home, "--uninstall")
    assert not [path for path in home.rglob("*") if path.is_file() and "backup" not in path.name]


def test_a_cesp_player_installs_it_straight_from_the_repository(published: Published) -> None:
    entry, repo = published.told["registry_entry"], published.github.repo
    ref, folder = f"tags/{entry['source_ref']}", entry["source_path"]
    manifest = repo.git.read(ref, f"{folder}/openpeon.json")
    assert hashlib.sha256(manifest).hexdigest() == entry["manifest_sha256"]
    document = json.loads(manifest)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    sounds = [sound for category in document["categories"].values() for sound in category["sounds"]]
    for sound in sounds:
        content = repo.git.read(ref, f"{folder}/{sound['file']}")
        assert content.startswith(b"RIFF") and hashlib.sha256(content).hexdigest() == sound["sha256"]
    assert len({sound["file"] for sound in sounds}) == entry["sound_count"]
    (latest,) = json.loads(repo.git.read("heads/main", "index.json"))["packs"]
    assert (latest["version"], latest["zip_url"]) == ("1.0.0", published.told["zip_url"])


@pytest.mark.parametrize("place", [".claude/hooks/peon-ping/packs", ".openpeon/packs"])
def test_a_cesp_player_finds_it_where_it_looks(published: Published, tmp_path: Path, place: str) -> None:
    if "peon-ping" in place:
        (tmp_path / place).mkdir(parents=True)
    said = install(published.zip, "cesp", tmp_path)
    assert "peon packs use sci-fi" in said
    folder = tmp_path / place / "sci-fi"
    document = json.loads((folder / "openpeon.json").read_bytes())
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    for category in document["categories"].values():
        for sound in category["sounds"]:
            assert is_heard(folder / sound["file"])
            assert hashlib.sha256((folder / sound["file"]).read_bytes()).hexdigest() == sound["sha256"]


def test_claude_code_plays_each_hook_once_by_the_platforms_player(
    published: Published, tmp_path: Path
) -> None:
    home, record = tmp_path / "home", tmp_path / "record"
    install(published.zip, "claude-code", home)
    players = tmp_path / "bin"
    players.mkdir()
    (players / "pw-play").write_text(RECORDER)
    (players / "pw-play").chmod(0o755)
    settings = json.loads((home / ".claude/settings.json").read_bytes())
    with zipfile.ZipFile(published.zip) as pack:
        wanted = {
            entry["claude_event"]: name
            for name, entry in json.loads(pack.read("manifest.json"))["files"].items()
            if entry["claude_event"]
        }
    played = {}
    for event, groups in settings["hooks"].items():
        for group in groups:
            (handler,) = group["hooks"]
            record.write_text("")
            run_hook(handler["command"], record, players)
            (path,) = record.read_text().splitlines()
            assert is_heard(Path(path))
            played[":".join(filter(None, (event, group.get("matcher"))))] = Path(path).stem
    assert played == wanted and len(played) == len(HOOKS)
    install(published.zip, "claude-code", home, "--uninstall")
    assert not (home / ".claude/settings.json").exists()


def run_hook(command: str, record: Path, players: Path) -> None:
    """As Claude Code does: by a shell, with the event on its input; it has to be silent and to succeed."""
    done = subprocess.run(
        ["/bin/sh", "-c", command], input='{"hook_event_name": "Stop"}', capture_output=True, text=True,
        env={"PATH": f"{players}:/usr/bin:/bin", "RECORD": str(record)}, timeout=20,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), shlex.quote(command)
    wait_for(lambda: record.read_text().endswith("\n"))
