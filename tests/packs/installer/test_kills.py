"""Installers that are killed at any moment leave old or new, never half."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import pytest

from packs.installer.receipt import sha256
from tests.packs.installer.support import install, load, save, uninstall

KILLS = 15
LOOP = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from packs.installer.cli import Wish, fulfil
packs = [Path(path) for path in {packs!r}]
print("ready", flush=True)
while True:
    for pack in packs:
        for uninstall in (False, False, True):
            fulfil(Wish(pack, {player!r}, {home!r}, uninstall=uninstall), again="")
"""


@pytest.mark.parametrize(
    ("player", "config_name", "folder_name"),
    [
        ("ccbell", "ccbell.config.json", ".claude/ccbell/packs/sci-fi"),
        ("claude-code", "settings.json", ".claude/sounds/sci-fi"),
    ],
)
def test_a_kill_at_any_moment_leaves_old_or_new(good_zip, folder, home, player, config_name, folder_name):
    (folder / "LICENSE").write_text("another version of it")
    config, target = home / ".claude" / config_name, home / folder_name
    before = {"mine": [1, 2, 3]}
    save(config, before)
    install(good_zip, player, home)
    new = load(config)
    uninstall(good_zip, player, home)
    code = LOOP.format(
        root=str(sys.path[0]), packs=[str(good_zip), str(folder)], player=player, home=str(home)
    )
    chance = random.Random(player)
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout and process.stdout.readline() == "ready\n"
        time.sleep(chance.random() * 0.15)
        process.kill()
        assert process.wait() == -9
        process.stdout.close()
        assert load(config) in (before, new)
        assert not target.exists() or is_whole(target)
    install(good_zip, player, home)
    assert load(config) == new and is_whole(target)
    uninstall(good_zip, player, home)
    assert load(config) == before and not target.exists()
    assert [path.name for path in config.parent.iterdir() if path.name.startswith(".")] == []


def is_whole(target) -> bool:
    """Whether a folder holds exactly what its receipt says."""
    receipt = json.loads((target / ".installed.json").read_bytes())
    return all(sha256((target / name).read_bytes()) == digest for name, digest in receipt["files"].items())
