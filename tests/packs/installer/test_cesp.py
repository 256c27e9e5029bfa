from __future__ import annotations

import json

import pytest

from packs.installer.receipt import RECEIPT
from tests.packs.installer.support import install, load, refused, tree, uninstall, without_backups
from tests.packs.support import change, unpack, with_sound


def test_openpeon_players_get_what_openpeon_json_names_and_nothing_else(good_zip, home):
    said = install(good_zip, "cesp", home)
    found = tree(home / ".openpeon/packs/sci-fi")
    sounds = {
        f"sounds/{name}.wav"
        for name in (
            "session_start",
            "prompt_submit",
            "tool_error",
            "permission_required",
            "task_complete",
            "subagent_complete",
            "context_limit",
        )
    }
    assert found.keys() == {"openpeon.json", "LICENSE", RECEIPT, "sounds", *sounds}
    assert "peon packs use sci-fi" in said and f"{home}/.openpeon/packs/sci-fi" in said


def test_a_sound_with_a_bare_name_goes_where_peon_ping_finds_it(content, home, tmp_path):
    def rename(document):
        for category in document["categories"].values():
            for sound in category["sounds"]:
                sound["file"] = sound["file"].removeprefix("sounds/")

    install(change(unpack(content, tmp_path / "pack"), "openpeon.json", rename), "cesp", home)
    assert (home / ".openpeon/packs/sci-fi/sounds/task_complete.wav").is_file()


def test_where_peon_ping_is_the_pack_goes_there(good_zip, home):
    (home / ".claude/hooks/peon-ping/packs").mkdir(parents=True)
    install(good_zip, "cesp", home)
    assert (home / ".claude/hooks/peon-ping/packs/sci-fi/openpeon.json").is_file()
    assert not (home / ".openpeon").exists()
    uninstall(good_zip, "cesp", home)
    assert tree(home / ".claude/hooks/peon-ping") == {"packs": None}


def test_a_pack_that_was_installed_before_peon_ping_is_found_where_it_is(good_zip, home):
    install(good_zip, "cesp", home)
    (home / ".claude/hooks/peon-ping/packs").mkdir(parents=True)
    assert "7 sounds" in install(good_zip, "cesp", home)
    assert "run this once more" in uninstall(good_zip, "cesp", home)
    uninstall(good_zip, "cesp", home)
    assert "nothing to take out" in uninstall(good_zip, "cesp", home)
    assert not (home / ".openpeon").exists()


def test_installing_twice_is_installing_once_and_uninstalling_leaves_nothing(good_zip, home):
    install(good_zip, "cesp", home)
    once = tree(home)
    stat = (home / ".openpeon/packs/sci-fi").stat()
    assert "already; nothing had to be changed" in install(good_zip, "cesp", home)
    assert tree(home) == once and (home / ".openpeon/packs/sci-fi").stat() == stat
    uninstall(good_zip, "cesp", home)
    assert tree(home) == {}
    assert "there is nothing to take out" in uninstall(good_zip, "cesp", home)


def test_a_dry_run_says_it_all_and_changes_nothing(good_zip, home):
    said = install(good_zip, "cesp", home, dry_run=True)
    assert "nothing was changed" in said and f"9 files in {home}/.openpeon/packs/sci-fi" in said
    assert tree(home) == {}
    install(good_zip, "cesp", home)
    before = tree(home)
    assert "would be taken out" in uninstall(good_zip, "cesp", home, dry_run=True)
    assert tree(home) == before


def test_an_update_replaces_the_folder_and_keeps_what_people_put_there(content, good_zip, home, tmp_path):
    install(good_zip, "cesp", home)
    folder = home / ".openpeon/packs/sci-fi"
    (folder / "mine").mkdir()
    (folder / "mine/notes.txt").write_text("mine")
    (folder / "LICENSE").write_text("my words")
    (folder / "sounds/tool_error.wav").unlink()
    newer = unpack(with_sound(content, "prompt_submit", cesp_category=""), tmp_path / "newer")
    said = install(newer, "cesp", home)
    assert "what you changed: LICENSE as LICENSE.yours" in said
    found = tree(folder)
    assert found["mine/notes.txt"] == b"mine" and found["LICENSE.yours"] == b"my words"
    assert "sounds/prompt_submit.wav" not in found, "it was ours, and the newer pack has none"
    assert found["sounds/tool_error.wav"] == (newer / "sounds/tool_error.wav").read_bytes()
    assert {path.name for path in folder.parent.iterdir()} == {"sci-fi"}
    said = uninstall(newer, "cesp", home)
    assert "the folder stays for what you put there: LICENSE.yours and mine/notes.txt" in said
    assert tree(folder) == {"mine": None, "mine/notes.txt": b"mine", "LICENSE.yours": b"my words"}


def test_a_folder_that_is_somebody_elses_is_moved_aside_only_when_asked(good_zip, home):
    folder = home / ".openpeon/packs/sci-fi"
    folder.mkdir(parents=True)
    (folder / "theirs.wav").write_text("theirs")
    assert "add --replace to have it moved aside" in refused(good_zip, "cesp", home)
    install(good_zip, "cesp", home, replaces=True)
    (aside,) = (path for path in folder.parent.iterdir() if path != folder)
    assert aside.name.startswith(".sci-fi.backup-") and tree(aside) == {"theirs.wav": b"theirs"}
    uninstall(good_zip, "cesp", home)
    assert tree(folder.parent) == {aside.name: None, f"{aside.name}/theirs.wav": b"theirs"}


def test_somebody_elses_folder_is_not_taken_out(good_zip, home):
    folder = home / ".openpeon/packs/sci-fi"
    folder.mkdir(parents=True)
    (folder / "theirs.wav").write_text("theirs")
    assert "stays: this installer did not put it there" in uninstall(good_zip, "cesp", home)
    assert (folder / "theirs.wav").exists()


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("x"), lambda path: path.symlink_to("/tmp")])
def test_a_file_or_a_link_in_its_place_is_refused(good_zip, home, spoil):
    (home / ".openpeon/packs").mkdir(parents=True)
    spoil(home / ".openpeon/packs/sci-fi")
    assert "is a link or a file" in refused(good_zip, "cesp", home, replaces=True)


def test_a_receipt_that_was_spoilt_takes_out_nothing(good_zip, home):
    install(good_zip, "cesp", home)
    receipt = home / ".openpeon/packs/sci-fi" / RECEIPT
    good = load(receipt)
    for spoilt in (b"", b"{}", json.dumps(good | {"files": {"../../../x": "0"}}).encode(), b"[]"):
        receipt.write_bytes(spoilt)
        assert "is not what the installer wrote there" in refused(good_zip, "cesp", home, uninstall=True)


def test_a_pack_that_names_no_sound_is_refused(folder, home):
    change(folder, "openpeon.json", lambda document: document.update(categories={}))
    assert "names a sound, so CESP players cannot use it" in refused(folder, "cesp", home)
    (folder / "openpeon.json").unlink()
    assert "has no openpeon.json" in refused(folder, "cesp", home)


def test_a_pack_of_somebody_else_with_its_icon_is_installed(folder, home):
    for name in ("manifest.json", "pack.json", "ccbell-config.template.json"):
        (folder / name).unlink()
    (folder / "icon.png").write_bytes(b"\x89PNG")
    change(folder, "openpeon.json", lambda document: document.update(icon="icon.png", name="theirs"))
    install(folder, "cesp", home)
    assert (home / ".openpeon/packs/theirs/icon.png").is_file()


def test_a_missing_or_changed_sound_is_refused(folder, home):
    (folder / "sounds/tool_error.wav").write_bytes(b"RIFF")
    assert "checksum" in refused(folder, "cesp", home)
    (folder / "sounds/tool_error.wav").unlink()
    assert "holds no “sounds/tool_error.wav”" in refused(folder, "cesp", home)


def test_an_installer_that_was_killed_is_cleaned_up_after(good_zip, home):
    packs = home / ".openpeon/packs"
    install(good_zip, "cesp", home)
    before = without_backups(tree(home))
    (packs / ".sci-fi.new").mkdir()
    (packs / ".sci-fi.gone").mkdir()
    (packs / "sci-fi").rename(packs / ".sci-fi.old")
    install(good_zip, "cesp", home)
    assert tree(home) == before
