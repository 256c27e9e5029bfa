"""A pack's folder: whole at its place, whatever stops the way there."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from packs.installer.errors import InstallError
from packs.installer.folder import Placing, look, placed, settle
from packs.installer.receipt import RECEIPT, Receipt, sha256
from tests.packs.installer.support import refused, tree

OLD = {"sounds/a.wav": b"old", "b": b"old"}
NOBODY = 65534
NEW = {"sounds/a.wav": b"new", "c": b"new"}


def flat(folder) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if data is not None}


def test_a_folder_is_there_while_what_comes_next_is_done_and_stays(home):
    target = home / "packs/x"
    with placed(Placing(target, NEW)):
        assert flat(target) == NEW
    assert flat(home) == {f"packs/x/{name}": data for name, data in NEW.items()}


@pytest.mark.parametrize("was_there", [True, False])
@pytest.mark.parametrize("failure", [InstallError, KeyboardInterrupt, OSError])
def test_when_what_comes_next_fails_it_is_as_it_was(home, was_there, failure):
    target = home / "packs/x"
    if was_there:
        with placed(Placing(target, OLD)):
            pass
    before = tree(home)
    for aside in (None, target.with_name(".x.backup")):
        with pytest.raises(failure), placed(Placing(target, NEW, aside=aside)):
            assert flat(target) == NEW
            raise failure
        assert tree(home) == before


def test_files_to_keep_come_along_and_links_stay_links(home):
    target = home / "x"
    with placed(Placing(target, OLD)):
        pass
    (target / "link").symlink_to("/nowhere")
    with placed(Placing(target, NEW, kept={"b.yours": "b", "link": "link"})):
        pass
    assert tree(target) == {**NEW, "b.yours": b"old", "link": "/nowhere", "sounds": None}


def test_a_disk_that_is_full_leaves_everything_as_it_was(small_disk, good_zip):
    for player in ("cesp", "claude-code"):
        before = tree(small_disk)
        assert "(No space left on device); it is as it was" in refused(good_zip, player, small_disk)
        assert tree(small_disk) == before


@pytest.mark.parametrize(
    ("left", "then"),
    [
        ({"x": OLD, ".x.new": NEW}, OLD),
        ({".x.old": OLD, ".x.new": NEW}, OLD),
        ({"x": NEW, ".x.old": OLD}, NEW),
        ({".x.gone": OLD}, {}),
    ],
)
def test_what_a_killed_installer_left_becomes_old_or_new(home, left, then):
    for folder, files in left.items():
        for name, data in files.items():
            (home / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (home / folder / name).write_bytes(data)
    settle(home / "x")
    assert flat(home) == {f"x/{name}": data for name, data in then.items()}


def test_a_folder_is_looked_at_by_its_receipt(home):
    files = {"same": b"1", "changed": b"2", "gone": b"3"}
    receipt = Receipt("cesp", "x", "1.0.0", {name: sha256(data) for name, data in files.items()})
    (home / "same").write_bytes(b"1")
    (home / "changed").write_bytes(b"other")
    (home / "added").write_bytes(b"4")
    (home / RECEIPT).write_bytes(receipt.as_bytes())
    os.symlink("/nowhere", home / "link")
    found = look(home, receipt)
    assert found.ours == ["same"] and found.others == ["added", "changed", "link"]
    assert look(home, None).others == [RECEIPT, "added", "changed", "link", "same"]
    assert not look(home / "none", None).is_there


@pytest.fixture
def nobody():
    """A folder of somebody for whom permissions count, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    yield folder
    (folder / "x/mine").chmod(0o700)
    if os.getuid() == 0:
        os.seteuid(0)
    shutil.rmtree(folder)


def test_a_folder_whose_files_cannot_be_told_is_not_taken_for_an_empty_one(nobody):
    (nobody / "x/mine").mkdir(parents=True)
    (nobody / "x/mine/file").touch()
    (nobody / "x/mine").chmod(0)
    with pytest.raises(InstallError, match="mine cannot be read"):
        look(nobody / "x", Receipt("cesp", "x", "1.0.0", {}))
    (nobody / "x/mine").chmod(0o700)
    assert look(nobody / "x", Receipt("cesp", "x", "1.0.0", {})).others == ["mine/file"]
