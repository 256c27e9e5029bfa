from __future__ import annotations

import pytest

from sounds.audio.atomic import write_atomically


def test_the_new_replaces_the_old(tmp_path):
    for data in (b"old", b"new"):
        write_atomically(tmp_path / "a", data)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def test_it_is_readable_to_whom_any_new_file_is(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(tmp_path / "a", b"x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_failure_leaves_nothing_behind(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "a", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
