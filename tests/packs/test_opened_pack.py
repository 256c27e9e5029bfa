"""Packs that are folders, and reading what lies in a pack."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from packs import archive
from packs.archive import OpenedPack, PackError, open_pack
from tests.packs.support import refusal

# Folders.


def tree(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_a_folder_is_used_where_it_lies_and_stays(tmp_path):
    root = tree(tmp_path / "pack", "b.txt", "sounds/a.wav", ".git/config")
    with open_pack(root) as pack:
        assert pack.root == root and pack.label == "pack"
        assert pack.names == ("b.txt", "sounds/a.wav")
    assert (root / "b.txt").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "b.txt", "sounds", "nowhere"])
def test_a_link_in_a_folder_is_refused(tmp_path, target):
    root = tree(tmp_path / "pack", "b.txt", "sounds/a.wav")
    (root / "link").symlink_to(target)
    assert "“link” is a symbolic link" in refusal(root)


def test_a_pipe_in_a_folder_is_refused(tmp_path):
    root = tree(tmp_path / "pack", "b.txt")
    os.mkfifo(root / "pipe")
    assert "is neither a file nor a folder" in refusal(root)


def test_a_folder_obeys_the_limits_too(tmp_path, monkeypatch):
    root = tree(tmp_path / "pack", *(f"{number}.txt" for number in range(11)))
    monkeypatch.setattr(archive, "MOST_ENTRIES", 10)
    assert "more than 10 entries" in refusal(root)
    monkeypatch.setattr(archive, "MOST_ENTRIES", 11)
    with open_pack(root) as pack:
        assert len(pack.names) == 11
    monkeypatch.setattr(archive, "LARGEST_PACK_BYTES", 10)
    assert "when it is unpacked" in refusal(root)


def test_a_name_that_is_no_text_is_refused(tmp_path):
    root = tree(tmp_path / "pack", "b.txt")
    (root / os.fsdecode(b"\xff.txt")).write_bytes(b"x")
    assert "control characters" in refusal(root)


def test_a_file_that_vanishes_is_one_sentence(tmp_path):
    with open_pack(tree(tmp_path / "pack", "b.txt")) as pack:
        (pack.root / "b.txt").unlink()
        with pytest.raises(PackError, match=r"^pack: “b.txt” cannot be read: No such file or directory\.$"):
            pack.sha256("b.txt")


# Reading.


def opened(tmp_path: Path, data: bytes) -> OpenedPack:
    root = tmp_path / "pack"
    root.mkdir(exist_ok=True)
    (root / "a.json").write_bytes(data)
    with open_pack(root) as pack:
        return pack


def test_json_is_read(tmp_path):
    assert opened(tmp_path, '{"a": [1, 2.5, null, "é"]}'.encode()).read_json("a.json") == {
        "a": [1, 2.5, None, "é"]
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no JSON: Expecting value"),
        (b"{", "is no JSON"),
        (b'{"a": 1,}', "is no JSON"),
        (b'{"a": NaN}', "is no JSON: NaN is no JSON number"),
        (b'{"a": -Infinity}', "is no JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark; save it as UTF-8 without"),
        (b'{"a": "\xff"}', "is not UTF-8 text"),
        ('{"a": 1}'.encode("utf-16"), "is not UTF-8 text"),
        (rb'{"a": "\ud800"}', "is not UTF-8 text"),
        (b'{"a": 1, "a": 2}', "names a key twice"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "is no JSON"),
        (b" " * 1_000_001, "is larger than 1,000,000 bytes"),
    ],
)
def test_a_bad_document_is_one_sentence(tmp_path, data, words):
    with pytest.raises(PackError, match=rf"^a\.json .*{words}.*\.$"):
        opened(tmp_path, data).read_json("a.json")


def test_a_missing_document_is_one_sentence(tmp_path):
    with pytest.raises(PackError, match=r"^pack holds no “b\.json”\.$"):
        opened(tmp_path, b"{}").read_json("b.json")


def test_digests_and_beginnings_of_files(tmp_path):
    pack = opened(tmp_path, b'{"a": 1}')
    assert pack.head("a.json", 3) == b'{"a'
    assert (
        pack.sha256("a.json")
        == pack.sha256("a.json")
        == ("f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310")
    )
