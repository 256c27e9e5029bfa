"""Packs of strangers: only what their documents name is read, and nothing outside of them."""

from __future__ import annotations

import json
import os
import stat
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from packs.formats import ccbell_config, ccbell_pack, cesp, files, licence, manifest
from packs.installer import pack as pack_module
from packs.installer.errors import InstallError
from packs.installer.pack import Pack, is_pcm16
from tests.packs.installer.support import refused
from tests.packs.support import change, tone, write_audio


def refusal(path: Path, name: str = "") -> str:
    with pytest.raises(InstallError) as caught:
        Pack(path).read(name or "manifest.json")
    assert str(caught.value).startswith(path.name)
    return str(caught.value)


def test_the_installer_knows_the_documents_by_the_names_they_are_written_under():
    assert pack_module.MANIFEST == manifest.DOCUMENT and pack_module.OPENPEON == cesp.DOCUMENT
    assert pack_module.CCBELL_PACK == ccbell_pack.DOCUMENT and pack_module.TEMPLATE == ccbell_config.DOCUMENT
    assert pack_module.LICENCE == licence.DOCUMENT and pack_module.FOLDER == files.FOLDER


def test_a_zip_and_its_folder_are_the_same_pack(good_zip, folder):
    zipped, unpacked = Pack(good_zip), Pack(folder)
    assert (zipped.name, zipped.version) == (unpacked.name, unpacked.version) == ("sci-fi", "1.0.0")
    assert zipped.read("sounds/idle.wav") == unpacked.read("sounds/idle.wav")
    assert "sounds/idle.wav" in zipped and "sounds/none.wav" not in zipped and "../x" not in unpacked
    zipped.close()


def test_a_sound_that_is_not_the_stated_one_is_refused(folder):
    (folder / "sounds/idle.wav").write_bytes(b"RIFF other")
    assert "is not the file whose checksum the pack states" in refusal(folder, "sounds/idle.wav")


def test_documents_that_disagree_about_a_sound_are_not_believed(folder):
    def lie(document):
        for category in document["categories"].values():
            category["sounds"][0]["sha256"] = "0" * 64

    change(folder, "openpeon.json", lie)
    assert "checksum" in refusal(folder, "sounds/task_complete.wav")


@pytest.mark.parametrize("name", ["../manifest.json", "/etc/passwd", "sounds\\idle.wav", "C:/x", "a//b", ""])
def test_names_that_lead_out_are_refused(folder, name):
    with pytest.raises(InstallError):
        Pack(folder).read(name)


def test_links_and_pipes_are_refused(folder):
    (folder / "sounds/link.wav").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to(folder / "sounds")
    os.mkfifo(folder / "pipe.wav")
    assert "it is a link" in refusal(folder, "sounds/link.wav")
    assert "it is a link" in refusal(folder, "linked/idle.wav")
    assert "it is no file" in refusal(folder, "pipe.wav")
    assert "holds no “sounds/none.wav”" in refusal(folder, "sounds/none.wav")


def zip_of(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"name": "x", "version": "1.0.0", "files": {}}))
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_entries_that_are_no_plain_files_are_refused(tmp_path):
    path = zip_of(tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("packed.wav", bytes(100), compress_type=zipfile.ZIP_BZIP2)
    assert "it is no file" in refusal(path, "link.wav")
    assert "compressed in a way packs do not use" in refusal(path, "packed.wav")


def test_an_entry_that_is_there_twice_is_refused(tmp_path):
    path = zip_of(tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", "{}")
    assert "or one twice" in refusal(path)


def test_a_bomb_is_not_inflated(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps({"name": "x", "files": {}}))
        archive.writestr("big.wav", bytes(60 * 1024 * 1024))
        archive.writestr("pack.json", " " * 1_000_001)
    assert "pack.json” is larger than 1,000,000 bytes" in refusal(path)


def test_a_damaged_zip_is_refused(good_zip, tmp_path):
    data = good_zip.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(data[: len(data) // 2])
    assert "is no pack that can be read" in refusal(cut)
    at = data.index(b"RIFF") + 5_000
    bent = tmp_path / "bent.zip"
    bent.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    with zipfile.ZipFile(bent) as archive:
        first = archive.testzip()
    assert "cannot be read: Bad CRC-32" in refusal(bent, first)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"name": "../x", "files": {}}, "which can be no folder"),
        ({"name": ".hidden", "files": {}}, "which can be no folder"),
        ({"name": "x" * 65, "files": {}}, "which can be no folder"),
        ({"name": 5, "files": {}}, "is no sound pack"),
        ({"name": "old", "categories": {}}, "is no sound pack"),
        ([], "holds no JSON object"),
    ],
)
def test_what_names_no_pack_is_refused(tmp_path, document, words):
    (tmp_path / "manifest.json").write_text(json.dumps(document))
    assert words in refusal(tmp_path)


def test_the_documents_of_strangers_may_hold_anything(tmp_path):
    strange = {"name": "x", "version": [], "files": {"a": 1, "b": {"filename": []}}}
    (tmp_path / "manifest.json").write_text(json.dumps(strange))
    for categories in (5, [], {"a": 5, "b": {"sounds": 5}, "c": {"sounds": [5, {}]}}):
        (tmp_path / "openpeon.json").write_text(json.dumps({"categories": categories}))
        pack = Pack(tmp_path)
        assert pack.version == "" and all(isinstance(entry, dict) for _, entry in pack.categories())
        assert [pack.path_of(entry) for entry in pack.entries.values()] == [""]


def test_16_bit_wav_is_told_from_everything_else(tmp_path):
    sound = tone()
    assert is_pcm16(write_audio(tmp_path / "a.wav", sound).read_bytes())
    assert is_pcm16(write_audio(tmp_path / "b.wav", sound, format="WAVEX").read_bytes())
    for number, subtype in enumerate(("PCM_24", "PCM_U8", "FLOAT", "ULAW", "MS_ADPCM")):
        for container in ("WAV", "WAVEX") if subtype != "MS_ADPCM" else ("WAV",):
            path = write_audio(
                tmp_path / f"{container}{number}.wav", sound, format=container, subtype=subtype
            )
            assert not is_pcm16(path.read_bytes()), subtype
    for other in (b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"ID3\x03", b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff"):
        assert not is_pcm16(other)
    with_chunk = write_audio(tmp_path / "c.wav", sound).read_bytes()
    assert is_pcm16(with_chunk[:12] + b"LIST\x03\0\0\0abc\0" + with_chunk[12:])


@pytest.mark.parametrize(
    "name", ["../../x.wav", "/etc/x.wav", "..\\x.wav", "a\0b.wav", "\ud800.wav", "none.wav"]
)
@pytest.mark.parametrize("player", ["ccbell", "claude-code", "cesp"])
def test_a_name_that_no_pack_may_hold_is_named_in_the_refusal(folder, home, player, name):
    def rename(manifest: dict[str, Any]) -> None:
        for entry in manifest["files"].values():
            entry["filename"] = name

    def rename_sounds(manifest: dict[str, Any]) -> None:
        for category in manifest["categories"].values():
            category["sounds"] = [{"file": name}]

    (folder / "ccbell-config.template.json").unlink()
    change(folder, "manifest.json", rename)
    change(folder, "openpeon.json", rename_sounds)
    assert ".wav" in refused(folder, player, home)
