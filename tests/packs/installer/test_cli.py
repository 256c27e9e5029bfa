"""The installer as people run it: the Python they have, the pack they downloaded, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from packs import installer
from packs.installer.cli import PLAYERS
from tests.packs.installer.support import install, load, refused, run_script, save, tree
from tests.packs.support import change

OLDEST = "3.9"
VERMIN = Path(sys.executable).with_name("vermin")


def pythons() -> list[str]:
    """This Python, and the oldest that the installer is for where one is here."""
    found = [
        shutil.which(f"python{OLDEST}"),
        *Path.home().glob(f".pyenv/versions/{OLDEST}.*/bin/python{OLDEST}"),
    ]
    works = [
        str(one) for one in found if one and not subprocess.run([one, "-V"], capture_output=True).returncode
    ]
    return [sys.executable, *works[:1]]


@pytest.fixture(params=["zip", "folder"])
def script(request, good_zip, tmp_path) -> Path:
    """What a person gives their Python: the zip as it is, or a script where a browser unpacked it."""
    download = tmp_path / "Down loads"
    download.mkdir()
    path = Path(shutil.copy(good_zip, download))
    if request.param == "zip":
        return path
    with zipfile.ZipFile(path) as archive:
        archive.extractall(download / path.stem)
    return download / path.stem / "install.py"


@pytest.mark.parametrize("python", pythons())
@pytest.mark.parametrize("player", sorted(PLAYERS))
def test_a_pack_installs_itself_and_takes_itself_out(script, home, player, python):
    before = tree(script.parent)
    ended = run_script(script, "--for", player, home=home, python=python)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"sci-fi 1.0.0 is installed for {player}." in ended.stdout and str(home) in ended.stdout
    installed = tree(home)
    assert any(name.endswith("/sounds/task_complete.wav") for name in installed)
    assert not any("installer" in name or name.endswith(".py") for name in installed)
    assert "already" in run_script(script, "--for", player, home=home, python=python).stdout
    assert tree(home) == installed
    ended = run_script(script, "--for", player, "--uninstall", home=home, python=python)
    assert ended.returncode == 0
    assert not [name for name, data in tree(home).items() if data is not None and ".backup-" not in name]
    assert tree(script.parent) == before, "not even bytecode is left beside the pack"


def test_the_line_that_undoes_it_does(script, home):
    said = run_script(script, "--for", "cesp", "--home", str(home), home=Path("/")).stdout
    (line,) = (line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("  Undo"))
    subprocess.run(["sh", "-c", line], cwd="/", check=True, env={"PATH": os.environ["PATH"]})
    assert tree(home) == {}


def test_a_dry_run_changes_nothing(script, home):
    save(home / ".claude/settings.json", {"model": "opus"})
    before = tree(home)
    ended = run_script(script, "--for", "claude-code", "--dry-run", home=home)
    assert ended.stdout.startswith("A dry run: nothing was changed. sci-fi 1.0.0 would be installed")
    assert "Undo" not in ended.stdout and "would be kept beside" in ended.stdout
    assert tree(home) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "the following arguments are required: --for"),
        (("--for", "winamp"), "invalid choice"),
        (("--for", "cesp", "--home", "/no/such"), "There is no folder /no/such, which --home names."),
        (("--for", "cesp", "--home", ""), "it names no folder"),
        (("--for", "ccbell", "--home", "{broken}"), "Mend it first."),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_2(script, home, arguments, words):
    config = home / ".claude/ccbell.config.json"
    config.parent.mkdir()
    config.write_text("{")
    ended = run_script(script, *(part.format(broken=home) for part in arguments), home=home)
    assert ended.returncode == 2 and words in ended.stderr and ended.stdout == ""
    assert "Traceback" not in ended.stderr and config.read_text() == "{"


def test_a_terminal_of_few_letters_gets_its_words_too(script, home):
    ended = run_script(script, "--for", "ccbell", home=home, LC_ALL="C", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0 and "sci-fi" in ended.stdout


def test_a_folder_that_cannot_be_written_is_a_sentence(script, home):
    (home / ".openpeon").write_text("a file where a folder should be")
    ended = run_script(script, "--for", "cesp", home=home)
    assert (
        ended.returncode == 2 and ".openpeon is no folder" in ended.stderr and "Traceback" not in ended.stderr
    )


def test_an_old_python_is_told_in_words(script, home):
    """Python 2 and 3.6 can read what they have to say about themselves."""
    old = [
        path
        for version in ("2.7", "3.6")
        for path in Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    ]
    if not old:
        pytest.skip("There is no old Python here.")
    for python in old:
        ended = subprocess.run([str(python), str(script), "--for", "cesp"], capture_output=True, text=True)
        assert ended.returncode == 2 and "needs Python 3.9 or newer" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_nothing_newer_than_the_oldest_python_is_used():
    sources = sorted(Path(installer.__file__).parent.glob("*.py"))
    ended = subprocess.run(
        [VERMIN, f"-t={OLDEST}-", "--no-tips", "--violations", *sources], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout


def test_many_installers_at_once_lose_nothing(good_zip, home):
    save(home / ".claude/settings.json", {"model": "opus"})
    save(home / ".claude/ccbell.config.json", {"debug": False})
    environment = {"HOME": str(home), "PATH": "/usr/bin"}
    running = [
        subprocess.Popen(
            [sys.executable, "-I", str(good_zip), "--for", player], env=environment, stdout=subprocess.DEVNULL
        )
        for player in ("ccbell", "claude-code", "cesp", "ccbell", "claude-code", "cesp")
    ]
    assert [process.wait(60) for process in running] == [0] * len(running)
    assert load(home / ".claude/settings.json")["model"] == "opus"
    assert len(load(home / ".claude/settings.json")["hooks"]["Stop"]) == 1
    assert load(home / ".claude/ccbell.config.json")["activeProfile"] == "sci-fi"
    for player in PLAYERS:
        run_script(good_zip, "--for", player, "--uninstall", home=home)
    assert load(home / ".claude/settings.json") == {"model": "opus"}
    assert load(home / ".claude/ccbell.config.json") == {"debug": False}


def test_nothing_that_a_pack_says_reaches_the_terminal_as_it_is(folder, home):
    def spoil(manifest: dict[str, Any]) -> None:
        manifest["version"] = "1.0\x1b]0;owned\x07"
        manifest["categories"]["\x1b[2Jtask\n.complete"] = manifest["categories"]["task.complete"]

    (folder / "manifest.json").unlink()
    change(folder, "openpeon.json", spoil)
    assert all(line.isprintable() for line in install(folder, "cesp", home).split("\n"))
    names = {"a": {"sounds": [{"file": "\x1b[2J.exe"}]}}
    change(folder, "openpeon.json", lambda value: value.update(categories=names))
    assert refused(folder, "cesp", home).isprintable()


def test_any_version_of_a_pack_takes_it_out_and_claims_no_version(folder, good_zip, home):
    change(folder, "manifest.json", lambda manifest: manifest.update(version="0.0.1"))
    install(folder, "claude-code", home)
    said = install(good_zip, "claude-code", home, uninstall=True)
    assert said.startswith("sci-fi is taken out of claude-code.")
    assert not (home / ".claude/sounds").exists()
