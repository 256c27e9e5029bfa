"""A backup that was cut, spoilt or forged is refused in one sentence, or is what it was."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.backup.document import Member
from studio.backup.errors import BackupError
from studio.backup.read import open_backup
from tests.support.studio import about_sqlite

pytestmark = about_sqlite


def verified(path: Path) -> None:
    with open_backup(path) as backup:
        backup.verify(lambda fraction, message: None)


def unpacked(path: Path, folder: Path) -> dict[str, bytes]:
    """Every file of a backup by its path, read through the real door."""

    def place(member: Member) -> Path:
        target = folder / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    with open_backup(path) as backup:
        backup.unpack(place, lambda fraction, message: None)
        return {member.path: (folder / member.path).read_bytes() for member in backup.document.members}


@pytest.fixture(scope="session")
def good(backup_file: Path) -> bytes:
    return backup_file.read_bytes()


@pytest.fixture(scope="session")
def holds(backup_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return unpacked(backup_file, tmp_path_factory.mktemp("holds"))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_spoilt_file_is_refused_or_holds_what_it_held(good, holds, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("spoilt")
    spoilt = bytearray(good)
    # As many in the directory at the end as in the files: there the bytes are that mean something.
    at = data.draw(st.one_of(st.integers(0, len(good) - 1), st.integers(len(good) - 20_000, len(good) - 1)))
    match data.draw(st.sampled_from(["flip", "cut", "insert", "drop"])):
        case "flip":
            spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
        case "cut":
            del spoilt[at:]
        case "insert":
            spoilt[at:at] = data.draw(st.binary(min_size=1, max_size=40))
        case "drop":
            del spoilt[at : at + data.draw(st.integers(1, 40))]
    (folder / "spoilt.zip").write_bytes(spoilt)
    try:
        found = unpacked(folder / "spoilt.zip", folder / "out")
    except BackupError as error:
        assert str(error).startswith("spoilt.zip ") and "\n" not in str(error)
    else:
        assert found == holds


Change = Callable[[dict[str, bytes], dict], None]


def forged(good: bytes, path: Path, change: Change, **attributes: int) -> Path:
    """The backup with its entries and its document changed, and a zip that is in order."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(entries["backup.json"])
    change(entries, document)
    entries["backup.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = attributes.get(name.rpartition(".")[2], 0o600) << 16
            archive.writestr(entry, content)
    return path


def renamed(to: str) -> Change:
    def change(entries, document):
        first = document["files"][0]
        entries[f"audio/{to}"] = entries.pop(f"audio/{first['path']}")
        first["path"] = to

    return change


def other_bytes(entries, document):
    name = f"audio/{document['files'][0]['path']}"
    entries[name] = bytes([entries[name][0] ^ 1]) + entries[name][1:]


def more_bytes(entries, document):
    entries[f"audio/{document['files'][0]['path']}"] += b"more"


def not_said(entries, document):
    entries["audio/generated/more.wav"] = b"more"


def not_there(entries, document):
    del entries[f"audio/{document['files'][0]['path']}"]


def twice(entries, document):
    document["files"].append(document["files"][0])


def two_databases(entries, document):
    document["files"].append({**document["database"]})


def without(key: str) -> Change:
    return lambda entries, document: document.pop(key)


def with_(**said) -> Change:
    return lambda entries, document: document.update(said)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (renamed("../../outside"), "is no place in the audio folder"),
        (renamed("/etc/outside"), "is no place in the audio folder"),
        (renamed("generated/../../outside"), "is no place in the audio folder"),
        (renamed("generated\\outside"), "is no place in the audio folder"),
        (renamed("models/outside"), "is no place in the audio folder"),
        (renamed("generated"), "is no place in the audio folder"),
        (other_bytes, "is not what was backed up"),
        (more_bytes, "is not what was backed up"),
        (not_said, "is not described"),
        (not_there, "is missing"),
        (twice, "names .* twice"),
        (two_databases, "does not hold just one"),
        (without("database"), "“database” is missing"),
        (without("schema"), "“schema” is missing"),
        (with_(schema={"sounds": 4}), "“schema” must be an object of texts"),
        (with_(files=[{"path": "generated/a", "bytes": -1, "sha256": "0" * 64}]), "describes a file without"),
        (with_(files=["generated/a"]), "describes a file without"),
        (
            with_(files=[{"path": "generated/a", "bytes": 10**400, "sha256": "0" * 64}]),
            "describes a file without",
        ),
        (with_(counts={"sounds": 10**400}), "“counts” must be an object of numbers"),
        (with_(format="something else"), "is no backup of a studio"),
        (with_(format_version=2), "of format 2, and this studio reads 1; update the studio first"),
    ],
)
def test_a_forged_one_is_refused(good, tmp_path, change, sentence):
    with pytest.raises(BackupError, match=sentence):
        verified(forged(good, tmp_path / "forged.zip", change))


def test_forging_changes_nothing_by_itself(good, holds, tmp_path):
    file = forged(good, tmp_path / "forged.zip", lambda entries, document: None)
    assert unpacked(file, tmp_path / "out") == holds


def test_a_link_is_refused(good, tmp_path):
    file = forged(good, tmp_path / "forged.zip", lambda entries, document: None, wav=stat.S_IFLNK | 0o777)
    with pytest.raises(BackupError, match=r"is refused: .* is no plain file"):
        verified(file)


def test_what_inflates_beyond_its_word_stops_there(good, tmp_path):
    """Twenty kilobytes that come to twenty megabytes, and are said to be one."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        document = json.loads(archive.read("backup.json"))
    document |= {"files": []}
    document["database"] |= {"bytes": 1}
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("backup.json", json.dumps(document))
        archive.writestr("studio.sqlite3", bytes(20_000_000))
    out = tmp_path / "out"
    with pytest.raises(BackupError, match="is not what was backed up"):
        unpacked(tmp_path / "bomb.zip", out)
    assert (out / "studio.sqlite3").stat().st_size <= 1_048_576


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no backup, or is cut off"),
        (b"not a zip at all", "is no backup, or is cut off"),
        (None, "is a folder"),
    ],
)
def test_something_else_is_refused(tmp_path, content, sentence):
    path = tmp_path / "something.zip"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(BackupError, match=sentence):
        verified(path)


def test_a_sound_pack_is_told_from_a_backup(made):
    (pack,) = (made.parent / "dist").glob("*.zip")
    with pytest.raises(BackupError, match="import_pack takes that"):
        verified(pack)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BackupError, match=r"There is no file .*gone\.zip\."):
        verified(tmp_path / "gone.zip")
