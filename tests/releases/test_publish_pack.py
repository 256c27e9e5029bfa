"""`publish_pack` as people run it: in a process of its own, which is stopped and killed as well."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.support.github import TOKEN, FakeGithub
from tests.support.github.faults import SLOW
from tests.support.studio import Studio, wait_for
from tests.support.terminal import Terminal

pytestmark = pytest.mark.slow

HOOKS = "task_complete,tool_error"


@pytest.fixture
def github(studio: Studio) -> Iterator[FakeGithub]:
    with FakeGithub() as github:
        studio.environment |= {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPO_OWNER": "somebody",
            "GITHUB_REPO_NAME": "packs",
            "GITHUB_API_URL": github.address,
            "GITHUB_SECONDS_BETWEEN_WRITES": "0",
        }
        yield github


@pytest.fixture
def pack(studio: Studio, github: FakeGithub) -> str:
    """A pack of two real sounds, built."""
    studio.manage("generate_pack", "minimal", "--hooks", HOOKS, "--out", str(studio.data / "dist"))
    return "minimal"


def publish(studio: Studio, *args: str) -> dict:
    return json.loads(studio.manage("publish_pack", *args, "--json").stdout)


def refused(studio: Studio, *args: str) -> str:
    ended = studio.manage("publish_pack", *args, check=False)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr and ended.stdout == "" and ended.stderr.strip().count("\n") == 0
    return ended.stderr


def is_right(github: FakeGithub, studio: Studio) -> bool:
    """Whether there is just one release, out and whole, and its files where there are any."""
    (there,) = github.repo.releases.values()
    (zipped,) = (studio.data / "audio" / "releases").glob("*.zip")
    assert there.asset(zipped.name).content == zipped.read_bytes()
    assert len(there.assets) == 3 and {one.state for one in there.assets.values()} == {"uploaded"}
    return not there.draft and github.repo.tags() == {there.tag}


def test_a_pack_goes_out_and_its_install_lines_are_shown(studio, github, pack):
    said = studio.manage("publish_pack", pack, "--tree").stdout
    (there,) = github.repo.published()
    assert f"minimal-v1.0.0 is published: {github.address}/somebody/packs/releases/tag/minimal-v1.0.0" in said
    for player in ("ccbell", "cesp", "claude-code"):
        assert f"python3 ccbell-sounds-minimal-v1.0.0.zip --for {player}" in said
    assert '"source_ref": "minimal-v1.0.0"' in said and "asks for the author's GitHub user" in said
    assert TOKEN not in said and is_right(github, studio)
    again = publish(studio, pack)
    assert again["state"] == "published" and again["registry_entry"]["source_repo"] == "somebody/packs"
    assert f"{there.tag}" == again["tag"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the line of the notes asks for curl")
def test_the_line_of_the_notes_installs_the_pack(studio, github, pack, tmp_path):
    line = publish(studio, pack)["install"]["OpenPeon"]
    (there,) = github.repo.published()
    assert line in there.body.splitlines()
    home = tmp_path / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "NO_PROXY": "*"}
    ended = subprocess.run(
        ["sh", "-c", line],
        cwd=tmp_path,
        env=environment,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 0, ended.stderr
    (installed,) = home.rglob("openpeon.json")
    assert json.loads(installed.read_bytes())["name"] == pack
    assert there.asset("ccbell-sounds-minimal-v1.0.0.zip").downloads == 1


def test_what_is_chosen_now_is_built_first_when_asked_for(studio, github, pack):
    publish(studio, pack)
    studio.manage("generate_pack", "minimal", "--hooks", HOOKS, "--fresh", "--out", str(studio.data / "dist"))
    studio.python("from packs.models import Build\nBuild.objects.get(version='1.1.0').discard()")
    made = publish(studio, pack, "--build")
    assert made["version"] == "1.1.0" and len(github.repo.published()) == 2


def test_releases_are_listed_and_withdrawn(studio, github, pack):
    publish(studio, pack)
    (row,) = publish(studio, "--list")
    assert (row["tag"], row["state"], row["downloads"]) == ("minimal-v1.0.0", "published", 0)
    lines = studio.manage("publish_pack", "--list").stdout.splitlines()
    assert lines[0].split() == ["tag", "state", "downloads", "published", "where"] and len(lines) == 3
    assert "say --yes" in refused(studio, pack, "--withdraw", "1.0.0")
    said = studio.manage("publish_pack", pack, "--withdraw", "1.0.0", "--yes").stdout
    assert "minimal-v1.0.0 is withdrawn from somebody/packs" in said
    assert not github.repo.releases and not github.repo.tags()


WRONG = [
    ([], "Name a pack, or say --list."),
    (["space-opera"], "There is no pack “space-opera”; there are: minimal."),
    (["minimal", "--version", "one"], "is no version"),
    (["minimal", "--version", "7.0.0"], "minimal has no build 7.0.0; there are: 1.0.0."),
    (["minimal", "--build", "--version", "1.0.0"], "Say either --build or --version"),
    (["minimal", "--withdraw", "1.0.0", "--tree"], "Say --withdraw VERSION alone"),
    (["minimal", "--withdraw", "1.0.0"], "Version 1.0.0 of minimal was not published from here."),
    (["minimal", "--list", "--build"], "Say --list alone"),
]


def test_what_cannot_be_is_refused_in_one_sentence(studio, github, pack):
    for args, words in WRONG:
        assert words in refused(studio, *args)
    assert not github.requests


def test_without_settings_the_variables_are_named(studio, pack):
    studio.environment |= {"GITHUB_TOKEN": "", "GITHUB_REPO_NAME": ""}
    assert "Set GITHUB_TOKEN and GITHUB_REPO_NAME to publish to GitHub" in refused(studio, pack)


def test_ctrl_c_leaves_a_draft_that_the_same_command_takes_up(studio, github, pack):
    github.faults.add(SLOW, "uploads", seconds=60)
    with Terminal("manage.py", "publish_pack", pack, environment=studio.environment) as terminal:
        wait_for(lambda: github.faults.happened)
        terminal.write("\x03")
        assert terminal.ended() == 130
    assert "Stopped." in terminal.seen and "Traceback" not in terminal.seen
    assert set(studio.statuses()) <= {"succeeded", "cancelled"}
    (draft,) = github.repo.drafts()
    publish(studio, pack)
    assert is_right(github, studio) and draft.id in github.repo.releases


def test_a_process_killed_at_any_moment_leaves_nothing_that_the_next_does_not_put_right(studio, github, pack):
    dice = random.Random(11)
    github.faults.chance = slowly
    killed = 0
    for _ in range(6):
        asked = len(github.requests)
        process = studio.start(
            "manage.py", "publish_pack", pack, "--tree", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        steps = dice.randrange(1, 14)
        wait_for(lambda p=process, n=asked + steps: p.poll() is not None or len(github.requests) >= n, 30)
        time.sleep(dice.random() * 0.05)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(github.repo.published()) <= 1
        for release in github.repo.published():
            assert len(release.assets) == 3 and all(
                one.state == "uploaded" for one in release.assets.values()
            )
    github.faults.clear()
    assert killed >= 4
    release = publish(studio, pack, "--tree")
    assert is_right(github, studio)
    assert github.repo.git.history("heads/main") == ["minimal 1.0.0", "first"]
    assert github.repo.git.refs["tags/minimal-v1.0.0"] == release["commit"]


def test_what_a_killed_command_left_is_done_by_the_next_worker(studio, github, pack):
    github.faults.add(SLOW, "uploads", seconds=5)
    process = studio.start("manage.py", "publish_pack", pack)
    wait_for(lambda: github.faults.happened)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert studio.statuses()[-1] == "running" and github.repo.drafts()
    studio.worker()
    wait_for(lambda: studio.statuses()[-1] == "succeeded")
    assert is_right(github, studio)


def test_a_withdrawal_that_was_killed_is_taken_up_by_the_same_command(studio, github, pack):
    publish(studio, pack, "--tree")
    github.faults.add(SLOW, "DELETE .*/releases/", seconds=5)
    process = studio.start("manage.py", "publish_pack", pack, "--withdraw", "1.0.0", "--yes")
    wait_for(lambda: github.faults.happened)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert publish(studio, pack, "--withdraw", "1.0.0", "--yes")["state"] == "withdrawn"
    assert not github.repo.releases and not github.repo.tags()
    assert github.repo.git.paths("heads/main") == {"README.md", "index.json"}


def slowly(request: str) -> None:
    time.sleep(0.03)
