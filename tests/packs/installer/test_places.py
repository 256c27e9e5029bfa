from __future__ import annotations

import os
from pathlib import Path

import pytest

from packs.installer.errors import InstallError
from packs.installer.places import places_of
from tests.packs.installer.support import refused


def test_the_persons_own_home_is_the_default(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    places = places_of()
    assert places.ccbell_config == home / ".claude/ccbell.config.json"
    assert places.ccbell_packs == home / ".claude/ccbell/packs"
    assert places.peon_packs == home / ".claude/hooks/peon-ping/packs"
    assert places.openpeon_packs == home / ".openpeon/packs"
    assert (places.settings, places.sounds) == (home / ".claude/settings.json", home / ".claude/sounds")


def test_a_home_may_be_named_from_where_one_stands(home, monkeypatch):
    monkeypatch.chdir(home.parent)
    assert places_of(home.name).home == home
    assert places_of(f"{home.name}/../{home.name}").home == home
    monkeypatch.setenv("HOME", str(home))
    assert places_of("~").home == home


def test_claude_config_dir_moves_claude_code_alone_and_only_in_ones_own_home(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/elsewhere")
    assert places_of().settings == Path("/elsewhere/settings.json")
    assert places_of().ccbell_config == home / ".claude/ccbell.config.json"
    assert places_of(str(home)).settings == home / ".claude/settings.json"


def test_homes_that_cannot_be_are_refused_in_words(home):
    (home / "a\nb").mkdir()
    os.mkdir(os.fsencode(home) + b"/\xff")
    (home / "file").touch()
    for name, words in (
        ("none", "There is no folder"),
        ("file", "There is no folder"),
        ("a\nb", "control characters"),
        (os.fsdecode(b"\xff"), "is not UTF-8"),
    ):
        with pytest.raises(InstallError, match=words) as caught:
            places_of(str(home / name))
        assert str(caught.value).isprintable()


def test_an_empty_home_is_not_taken_for_the_root_or_the_working_folder(monkeypatch):
    monkeypatch.setenv("HOME", "")
    with pytest.raises(InstallError, match="HOME is set to nothing"):
        places_of()


def test_a_way_that_is_barred_is_named(good_zip, home):
    (home / ".claude").symlink_to(home / "nowhere")
    for player in ("ccbell", "claude-code"):
        assert ".claude is no folder, nor a link to one" in refused(good_zip, player, home)
    (home / ".openpeon").touch()
    assert ".openpeon is no folder" in refused(good_zip, "cesp", home)
