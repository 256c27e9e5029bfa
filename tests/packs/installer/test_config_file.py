"""Somebody's config: never half written, never lost, never written for nothing."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime

import pytest

from packs.installer import config_file
from packs.installer.config_file import ConfigChange, document_of, read, write
from packs.installer.errors import ChangedMeanwhile, InstallError
from tests.packs.installer.support import backups, tree

OLD, NEW = b'{"old": 1}\n', b'{"new": 1}\n'


@pytest.fixture
def config(home):
    path = home / "settings.json"
    path.write_bytes(OLD)
    return path


def test_a_change_is_written_and_the_old_bytes_are_kept_beside_it(config):
    backup = write(ConfigChange(config, OLD, NEW))
    assert config.read_bytes() == NEW and backup.read_bytes() == OLD
    stamp = backup.name.removeprefix("settings.json.backup-")
    written = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - written).total_seconds()) < 60


def test_a_backup_is_never_overwritten(config):
    kept = [write(ConfigChange(config, read(config), f"{number}".encode())) for number in range(4)]
    assert len(set(kept)) == 4
    assert [backup.read_bytes() for backup in kept] == [OLD, b"0", b"1", b"2"]


def test_where_nothing_changes_nothing_is_written(config):
    before = config.stat()
    assert write(ConfigChange(config, OLD, OLD)) is None
    assert config.stat() == before and backups(config.parent) == []


def test_a_new_config_needs_no_backup(home):
    path = home / "new" / "settings.json"
    assert write(ConfigChange(path, None, NEW)) is None
    assert tree(home) == {"new": None, "new/settings.json": NEW}


def test_a_config_that_is_to_go_goes_and_is_kept(config):
    assert write(ConfigChange(config, OLD, None)).read_bytes() == OLD
    assert not config.exists()


def test_permissions_stay(config):
    config.chmod(0o600)
    backup = write(ConfigChange(config, OLD, NEW))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (config, backup)} == {0o600}


def test_a_link_stays_a_link_and_the_file_behind_it_changes(home):
    real = home / "dotfiles" / "claude.json"
    real.parent.mkdir()
    real.write_bytes(OLD)
    link = home / "settings.json"
    link.symlink_to("dotfiles/claude.json")
    write(ConfigChange(link, OLD, NEW))
    assert link.is_symlink() and real.read_bytes() == NEW


def test_a_link_to_nothing_gets_its_file(home):
    link = home / "settings.json"
    link.symlink_to(home / "dotfiles" / "claude.json")
    assert read(link) is None
    write(ConfigChange(link, None, NEW))
    assert link.is_symlink() and (home / "dotfiles" / "claude.json").read_bytes() == NEW


def test_a_config_that_somebody_else_wrote_meanwhile_is_left_to_them(config):
    config.write_bytes(b"theirs")
    for after in (NEW, None):
        with pytest.raises(ChangedMeanwhile):
            write(ConfigChange(config, OLD, after))
    assert tree(config.parent) == {"settings.json": b"theirs"}


def test_a_step_that_fails_leaves_everything_as_it_was(config, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for step in ("replace", "fsync"):
        with monkeypatch.context() as patched:
            patched.setattr(config_file.os, step, full)
            with pytest.raises(
                InstallError, match=r"cannot be written \(No space left on device\); it is as"
            ):
                write(ConfigChange(config, OLD, NEW))
        assert tree(config.parent) == {"settings.json": OLD}


def test_a_full_disk_leaves_the_config_as_it_was(small_disk):
    config = small_disk / "settings.json"
    config.write_bytes(OLD)
    with pytest.raises(InstallError, match="No space left on device"):
        write(ConfigChange(config, OLD, b"x" * 300_000))
    assert tree(small_disk) == {"settings.json": OLD}


def test_a_write_protected_config_is_refused(config):
    if os.geteuid() == 0:
        pytest.skip("Nothing is write-protected for root.")
    config.chmod(0o444)
    with pytest.raises(InstallError, match="Permission denied"):
        write(ConfigChange(config, OLD, NEW))


def test_what_a_killed_installer_left_is_cleared_away(config):
    config.with_name(".settings.json.abc123.ccbell-tmp").write_bytes(b"half")
    write(ConfigChange(config, OLD, NEW))
    assert sorted(tree(config.parent)) == ["settings.json", backups(config.parent)[0].name]


def test_what_is_no_file_is_refused_in_words(home):
    (home / "folder").mkdir()
    os.mkfifo(home / "pipe")
    (home / "loop").symlink_to(home / "loop")
    (home / "large").touch()
    os.truncate(home / "large", 5_000_001)
    for name, words in (
        ("folder", "is no file; move away"),
        ("pipe", "is no file; move away"),
        ("loop", "cannot be read"),
        ("large", "is larger than 5,000,000 bytes"),
    ):
        with pytest.raises(InstallError, match=words):
            read(home / name)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"[]", "holds no JSON object"),
        (b"null", "holds no JSON object"),
        (b'{"a":1,"a":2}', "twice"),
        (b"", "is no JSON"),
    ],
)
def test_a_config_that_cannot_be_understood_is_refused_with_its_name(config, data, words):
    with pytest.raises(InstallError, match=rf"settings\.json is left as it is: .*{words}.* Mend it first\."):
        document_of(config, data)
