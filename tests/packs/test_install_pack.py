"""`install_pack` as people run it: a pack judged first, then installed by the same hands as in every zip."""

from __future__ import annotations

import shlex
import subprocess
import warnings
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.packs.installer.support import load, save, tree
from tests.packs.support import change, tone, write_audio
from tests.support.studio import ROOT


def run(pack: Path, player: str, home: Path, *options: str) -> str:
    said = StringIO()
    call_command("install_pack", str(pack), "--for", player, "--home", str(home), *options, stdout=said)
    return said.getvalue()


def refusal(pack: Path, player: str, home: Path, *options: str) -> str:
    before = tree(home)
    with pytest.raises(CommandError) as caught:
        run(pack, player, home, *options)
    assert caught.value.returncode == 2 and tree(home) == before
    return str(caught.value)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize("player", ["ccbell", "cesp", "claude-code"])
def test_a_pack_is_installed_and_its_undo_line_takes_it_out(good_zip, home, player):
    said = run(good_zip, player, home)
    assert f"sci-fi 1.0.0 is installed for {player}." in said
    assert list(home.rglob("task_complete.wav"))
    (line,) = (line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("  Undo"))
    assert shlex.split(line)[1:4] == ["manage.py", "install_pack", str(good_zip)]
    subprocess.run(["sh", "-c", line], cwd=ROOT, check=True, capture_output=True)
    assert not list(home.rglob("*.wav"))


def test_what_was_installed_can_be_taken_out_by_its_own_folder(good_zip, home):
    run(good_zip, "claude-code", home)
    said = run(home / ".claude/sounds/sci-fi", "claude-code", home, "--uninstall")
    assert "is taken out of claude-code" in said
    assert not (home / ".claude/sounds").exists()


def test_a_dry_run_changes_nothing(good_zip, home):
    save(home / ".claude/settings.json", {})
    before = tree(home)
    assert "would be installed" in run(good_zip, "claude-code", home, "--dry-run")
    assert tree(home) == before


def test_a_pack_that_is_not_valid_for_the_player_is_refused_with_the_reasons(folder, home):
    for number in range(5):
        (folder / f"sounds/extra {number}.wav").write_bytes(b"RIFF nothing")
    sentence = refusal(folder, "cesp", home)
    lines = sentence.splitlines()
    assert lines[0] == "sci-fi is not valid for cesp; nothing was installed:"
    assert len(lines) == 5 and lines[-1].endswith("more; validate_pack lists them.")


def test_what_only_other_players_mind_does_not_matter(folder, home):
    change(folder, "openpeon.json", lambda document: document.update(nonsense=1))
    assert "“nonsense” is no key" in refusal(folder, "cesp", home)
    run(folder, "ccbell", home)
    assert load(home / ".claude/ccbell.config.json")["activeProfile"] == "sci-fi"


def test_what_only_the_registry_minds_does_not_matter(folder, home):
    (folder / "manifest.json").unlink()
    write_audio(folder / "sounds/extra.wav", tone(duration_s=25))
    run(folder, "ccbell", home)


def test_a_hostile_zip_is_refused_in_words(good_zip, home, tmp_path):
    evil = tmp_path / "evil.zip"
    evil.write_bytes(good_zip.read_bytes())
    with zipfile.ZipFile(evil, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("../../outside.txt", "x")
    for options in ((), ("--uninstall",)):
        assert "leads out of the pack" in refusal(evil, "ccbell", home, *options)


def test_mistakes_are_sentences(good_zip, home, tmp_path):
    assert refusal(tmp_path / "none.zip", "cesp", home).startswith("There is no file or folder ")
    (tmp_path / "words.zip").write_text("hello")
    assert "is no zip" in refusal(tmp_path / "words.zip", "cesp", home)
    assert "There is no folder" in refusal(good_zip, "cesp", home / "none")
    (home / ".claude").mkdir()
    (home / ".claude/ccbell.config.json").write_text("{")
    assert "Mend it first." in refusal(good_zip, "ccbell", home)


def test_a_pack_of_others_without_an_event_is_sent_to_import_pack(folder, home):
    for name in ("manifest.json", "pack.json", "ccbell-config.template.json"):
        (folder / name).unlink()
    run(folder, "cesp", home)
    assert "import_pack" in refusal(folder, "ccbell", home)
