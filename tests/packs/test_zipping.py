from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packs.archive import PackError, open_pack
from packs.formats import pack_files
from packs.zipping import content_sha256, write_zip
from tests.packs.support import MOMENT, with_sound

FILES = {"b.txt": b"second", "a.txt": b"first", "sounds/c.wav": b"RIFF"}


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder in which nothing else is put."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_the_same_files_give_the_same_bytes_in_whatever_order(tmp_path):
    one = write_zip(tmp_path / "one.zip", FILES, timestamp=MOMENT)
    other = write_zip(tmp_path / "other.zip", dict(reversed(FILES.items())), timestamp=MOMENT)
    assert one == other
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_the_bytes_are_these_for_ever(tmp_path):
    sha256, size = write_zip(tmp_path / "pack.zip", FILES, timestamp=MOMENT)
    assert size == 309
    assert sha256 == "713b654358cccd8fb7751eccf642be8622e5cc56f5127b81bb8e1a6778af6d23"


def test_bytes_and_a_file_with_those_bytes_are_zipped_alike(tmp_path):
    source = tmp_path / "elsewhere.bin"
    source.write_bytes(b"RIFF")
    assert write_zip(tmp_path / "one.zip", FILES, timestamp=MOMENT) == write_zip(
        tmp_path / "other.zip", FILES | {"sounds/c.wav": source}, timestamp=MOMENT
    )


def test_the_moment_is_kept_in_utc(tmp_path):
    there = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert write_zip(tmp_path / "a.zip", FILES, timestamp=there) == write_zip(
        tmp_path / "b.zip", FILES, timestamp=MOMENT
    )
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 1, 15, 10, 0, 0)}


def test_entries_are_sorted_stored_and_readable_by_everybody(tmp_path):
    write_zip(tmp_path / "pack.zip", FILES, timestamp=MOMENT)
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        assert archive.namelist() == sorted(FILES)
        assert archive.testzip() is None
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.external_attr >> 16 == 0o100644


def test_a_good_zip_is_opened_again(tmp_path):
    write_zip(tmp_path / "pack.zip", FILES, timestamp=MOMENT)
    with open_pack(tmp_path / "pack.zip") as pack:
        assert {name: pack.read(name) for name in pack.names} == FILES


@pytest.mark.parametrize("name", ["../out.txt", "/abs.txt", "a\\b.txt", "C:/x", "a//b", "a\nb", "", "a/"])
def test_it_writes_no_name_that_it_would_not_open(empty, name):
    with pytest.raises(PackError):
        write_zip(empty / "pack.zip", {"fine.txt": b"", name: b""}, timestamp=MOMENT)
    assert list(empty.iterdir()) == []


def test_what_was_there_stays_when_a_file_is_gone(empty):
    path = empty / "pack.zip"
    path.write_bytes(b"the old one")
    with pytest.raises(PackError, match=r"“sounds/c.wav” is gone: .*; render the sound again\.$"):
        write_zip(path, FILES | {"sounds/c.wav": empty / "gone.wav"}, timestamp=MOMENT)
    assert path.read_bytes() == b"the old one"
    assert list(empty.iterdir()) == [path]


def test_nothing_half_written_stays_when_the_disk_is_full(empty, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_zip(empty / "pack.zip", FILES, timestamp=MOMENT)
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 1, 15), "needs a time zone"),
        (datetime(1979, 12, 31, tzinfo=UTC), "from 1980 to 2107, not 1979"),
        (datetime(2108, 1, 1, tzinfo=UTC), "from 1980 to 2107, not 2108"),
    ],
)
def test_a_moment_that_no_zip_keeps_is_refused(tmp_path, moment, words):
    with pytest.raises(ValueError, match=words):
        write_zip(tmp_path / "pack.zip", FILES, timestamp=moment)


@pytest.mark.parametrize("change", [{"version": "2.7.1"}, {"created_at": "2027-01-01T00:00:00Z"}])
def test_the_content_is_the_same_under_another_version_and_on_another_day(content, change):
    later = replace(content, **change)
    assert pack_files(later) != pack_files(content)
    assert content_sha256(pack_files(later)) == content_sha256(pack_files(content))


@pytest.mark.parametrize(
    "changed",
    [
        lambda content: replace(content, description="Other words"),
        lambda content: replace(content, licence="MIT"),
        lambda content: replace(content, generator_version="9.9.9"),
        lambda content: replace(content, sounds=content.sounds[1:]),
        lambda content: with_sound(content, "idle", seed=77),
    ],
    ids=["description", "licence", "generator", "a sound less", "another seed"],
)
def test_any_other_change_is_other_content(content, changed):
    assert content_sha256(pack_files(changed(content))) != content_sha256(pack_files(content))


def test_content_is_names_and_bytes(tmp_path):
    source = tmp_path / "x.wav"
    source.write_bytes(b"RIFF")
    assert content_sha256({"a.wav": source}) == content_sha256({"a.wav": b"RIFF"})
    assert content_sha256({"a.wav": b"RIFF"}) != content_sha256({"b.wav": b"RIFF"})
    assert content_sha256({"a.wav": b"RIFF"}) != content_sha256({"a.wav": b"RIFX"})


def test_only_the_top_level_version_of_a_document_at_the_root_is_left_out():
    assert content_sha256({"a.json": b'{"version": "1"}'}) == content_sha256({"a.json": b'{"version": "2"}'})
    inner = [b'{"x": {"version": "1"}}', b'{"x": {"version": "2"}}']
    assert content_sha256({"a.json": inner[0]}) != content_sha256({"a.json": inner[1]})
    assert content_sha256({"d/a.json": b'{"version": "1"}'}) != content_sha256(
        {"d/a.json": b'{"version": "2"}'}
    )


def test_the_content_of_a_file_that_is_gone_has_no_digest(tmp_path):
    with pytest.raises(PackError, match="is gone"):
        content_sha256({"sounds/a.wav": tmp_path / "gone.wav"})


@given(st.binary(max_size=40))
def test_a_document_that_is_no_json_is_content_as_it_is(data):
    assert len(content_sha256({"a.json": data})) == 64


def test_a_name_may_hold_letters_of_any_script(tmp_path: Path):
    write_zip(tmp_path / "pack.zip", {"Grüße/音.txt": b"x"}, timestamp=MOMENT)
    with open_pack(tmp_path / "pack.zip") as pack:
        assert pack.names == ("Grüße/音.txt",)
