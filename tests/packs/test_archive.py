from __future__ import annotations

import io
import json
import os
import stat
import struct
import tempfile
import tracemalloc
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from packs import archive
from packs.archive import LARGEST_PACK_BYTES, MOST_ENTRIES, PackError, name_fault, open_pack
from tests.packs.support import refusal

Entry = tuple[str, bytes]


def zip_of(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, mode: int = 0o100644) -> bytes:
    """A zip with entries of any name, even the same one twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = method
            made.writestr(info, data)
    return buffer.getvalue()


def saved(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "pack.zip"
    path.write_bytes(data)
    return path


@pytest.fixture
def temp(tmp_path, monkeypatch):
    """The folder for temporary folders, to see that nothing stays there."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_zip_is_unpacked_and_its_folder_removed_afterwards(tmp_path, temp):
    path = saved(tmp_path, zip_of(("a.txt", b"one"), ("sounds/b.wav", b"two"), ("empty/", b"")))
    with open_pack(path) as pack:
        assert pack.names == ("a.txt", "sounds/b.wav")
        assert pack.sizes == {"a.txt": 3, "sounds/b.wav": 3} and pack.total_bytes == 6
        assert pack.path("sounds/b.wav").read_bytes() == b"two"
        assert pack.root.parent == temp
        assert "a.txt" in pack and "b.txt" not in pack and 5 not in pack
    assert list(temp.iterdir()) == []


def test_the_folder_is_removed_when_the_reader_fails(tmp_path, temp):
    with (
        pytest.raises(ZeroDivisionError),
        open_pack(saved(tmp_path, zip_of(("a.txt", b"one")))),
    ):
        raise ZeroDivisionError
    assert list(temp.iterdir()) == []


def test_it_can_be_unpacked_elsewhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with open_pack(saved(tmp_path, zip_of(("a.txt", b"one"))), temp=elsewhere) as pack:
        assert pack.root.parent == elsewhere


# Names: each row is refused, and its plain neighbour is not.

NAMES = [
    ("../a.txt", "leads out of the pack"),
    ("sounds/../../a.txt", "leads out of the pack"),
    ("sounds/..", "leads out of the pack"),
    ("/etc/passwd", "has an absolute name"),
    ("//host/share", "has an absolute name"),
    ("C:/windows.txt", "has an absolute name"),
    ("c:a.txt", "has an absolute name"),
    ("sounds\\a.wav", "has a backslash"),
    ("..\\a.txt", "has a backslash"),
    ("a\nb.txt", "control characters"),
    ("a\x7f.txt", "control characters"),
    ("a\u202etxt.exe", "control characters"),
    ("a\u200b.txt", "control characters"),
    ("./a.txt", "empty parts"),
    ("sounds//a.wav", "empty parts"),
    ("a/b/c/d/e/f/g/h/i/j", "more than 8 folders deep"),
    ("a" * 241, "more than 240 bytes"),
    ("ä" * 121, "more than 240 bytes"),
]


@pytest.mark.parametrize(("name", "words"), NAMES)
def test_a_name_that_is_not_plain_and_relative_is_refused(tmp_path, temp, name, words):
    assert words in refusal(saved(tmp_path, zip_of(("fine.txt", b""), (name, b"bad"))))
    assert list(temp.iterdir()) == []
    assert not (tmp_path / "a.txt").exists()


@pytest.mark.parametrize(
    "name",
    [
        "a..b.txt",
        "...",
        "..a",
        "a/b/c/d/e/f/g/h/i",
        "a b.txt",
        "é.txt",
        "~/a",
        "-rf",
        "a" * 240,
        "ä" * 120,
        "CON",
    ],
)
def test_a_name_that_merely_looks_odd_is_not(tmp_path, name):
    with open_pack(saved(tmp_path, zip_of((name, b"x")))) as pack:
        assert pack.names == (name,)


def test_a_name_cut_by_a_nul_is_refused(tmp_path):
    data = zip_of(("aXb.txt", b"")).replace(b"aXb.txt", b"a\0b.txt")
    assert "control characters" in refusal(saved(tmp_path, data))
    assert "control characters" in refusal(saved(tmp_path, data.replace(b"a\0b.txt", b"\0ab.txt")))


def test_an_entry_without_a_name_is_refused(tmp_path):
    assert "empty parts" in refusal(saved(tmp_path, zip_of(("", b""))))
    assert "empty parts" in refusal(saved(tmp_path, zip_of(("a//", b""))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.txt", "a.txt"),
        ("a.txt", "A.TXT"),
        ("sounds/a.wav", "Sounds/a.wav"),
        (unicodedata.normalize("NFC", "é.txt"), unicodedata.normalize("NFD", "é.txt")),
        ("straße.txt", "STRASSE.txt"),
        ("ﬁle.txt", "file.txt"),
        ("sounds/", "sounds/"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_names_that_some_system_takes_for_one_are_refused(tmp_path, one, other):
    assert "are the same name" in refusal(saved(tmp_path, zip_of((one, b"1"), (other, b"2"))))


@pytest.mark.parametrize("entries", [("a", "a/b"), ("a/b", "a"), ("A", "a/b/c"), ("a/b", "a/b/c")])
def test_a_file_that_is_also_a_folder_is_refused(tmp_path, entries):
    path = saved(tmp_path, zip_of(*((name, b"x") for name in entries)))
    assert "lies in a folder that is also a file" in refusal(path)


def test_a_folder_may_be_listed_beside_its_files(tmp_path):
    with open_pack(saved(tmp_path, zip_of(("a/b", b"x"), ("a/", b""), ("a/c", b"y")))) as pack:
        assert pack.names == ("a/b", "a/c")


# Kinds of entries.


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (stat.S_IFLNK, "is a symbolic link; put the file itself there"),
        (stat.S_IFIFO, "is neither a file nor a folder"),
        (stat.S_IFCHR, "is neither a file nor a folder"),
    ],
)
def test_only_files_and_folders_are_unpacked(tmp_path, kind, words):
    data = zip_of(("link", b"/etc/passwd"), mode=kind | 0o777)
    assert words in refusal(saved(tmp_path, data))


def test_a_zip_that_says_nothing_of_kinds_is_fine(tmp_path):
    with open_pack(saved(tmp_path, zip_of(("a.txt", b"x"), mode=0))) as pack:
        assert pack.names == ("a.txt",)


def test_an_encrypted_entry_is_refused(tmp_path):
    data = bytearray(zip_of(("a.txt", b"secret")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted; zip it without a password" in refusal(saved(tmp_path, bytes(data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_without_bounds_is_refused(tmp_path, method):
    data = zip_of(("a.txt", b"x" * 99), method=method)
    assert "zip it with deflate" in refusal(saved(tmp_path, data))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_two_common_methods_are_read(tmp_path, method):
    with open_pack(saved(tmp_path, zip_of(("a.txt", b"x" * 99), method=method))) as pack:
        assert pack.read("a.txt") == b"x" * 99


def test_a_zip_in_a_zip_is_just_a_file(tmp_path):
    inner = zip_of(("../evil.txt", b"x"))
    with open_pack(saved(tmp_path, zip_of(("inner.zip", inner)))) as pack:
        assert pack.names == ("inner.zip",)
        assert pack.path("inner.zip").read_bytes() == inner


# Damage.


@pytest.mark.parametrize("data", [b"", b"RIFF", b"PK\x03\x04" + bytes(100), bytes(70_000)])
def test_what_is_no_zip_is_refused(tmp_path, data):
    assert "is no zip, or its end is missing; download it again" in refusal(saved(tmp_path, data))


def test_every_truncation_is_refused(tmp_path):
    data = zip_of(("a.txt", b"one" * 50), ("b.txt", b"two"))
    for length in range(len(data)):
        refusal(saved(tmp_path, data[:length]))


def test_a_wrong_checksum_is_refused_and_names_the_file(tmp_path):
    data = zip_of(("a.txt", b"one two three"), method=zipfile.ZIP_STORED).replace(b"two", b"TWO")
    assert "“a.txt” is damaged: Bad CRC-32" in refusal(saved(tmp_path, data))


def test_broken_compressed_data_are_refused(tmp_path):
    data = bytearray(zip_of(("a.txt", os.urandom(500))))
    data[45:60] = bytes(15)
    assert "“a.txt” is damaged" in refusal(saved(tmp_path, bytes(data)))


def test_a_missing_file_is_refused(tmp_path):
    assert "cannot be opened: No such file" in refusal(tmp_path / "gone.zip")


def test_a_name_that_no_system_takes_is_refused():
    with pytest.raises(PackError, match="cannot be opened"), open_pack(Path("a\0b")):
        pass


# Bombs.


def bomb(size: int, stated: int) -> bytes:
    """A zip with one entry that inflates to `size` zeros, made without inflating that much here."""
    block = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packer.compress(bytes(block)), packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = piece * (size // block) + packer.flush()
    sizes = struct.pack("<3I2H", 0, len(packed), stated, len("a.wav"), 0)
    local = struct.pack("<4s5H", b"PK\3\4", 20, 0, 8, 0, 0x21) + sizes + b"a.wav"
    directory = struct.pack("<4s6H", b"PK\1\2", 20, 20, 0, 8, 0, 0x21) + sizes
    directory += struct.pack("<3H2I", 0, 0, 0, 0, 0) + b"a.wav"
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(local) + len(packed), 0)
    return local + packed + directory + end


@pytest.fixture
def written(monkeypatch):
    """How many bytes lay in each temporary folder when it was removed."""
    sizes: list[int] = []

    class Watched(tempfile.TemporaryDirectory):
        def cleanup(self) -> None:
            sizes.append(sum(path.stat().st_size for path in Path(self.name).rglob("*") if path.is_file()))
            super().cleanup()

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Watched)
    return sizes


def test_a_gigabyte_bomb_is_refused_at_the_limit_in_little_memory(tmp_path, temp, written):
    path = saved(tmp_path, bomb(1 << 30, stated=1 << 30))
    assert path.stat().st_size < 2_000_000
    tracemalloc.start()
    sentence = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "holds more than 50 MB when it is unpacked" in sentence
    assert LARGEST_PACK_BYTES - (1 << 20) < written[-1] <= LARGEST_PACK_BYTES
    assert peak < 4_000_000
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize("stated", [0xFFFF_FFFE, 100])
def test_the_stated_size_of_a_bomb_is_not_believed(tmp_path, written, stated):
    assert refusal(saved(tmp_path, bomb(1 << 30, stated=stated)))
    assert written[-1] <= LARGEST_PACK_BYTES


def test_a_file_that_ends_before_its_stated_size_is_refused(tmp_path):
    data = bytearray(zip_of(("a.txt", b"x" * 100)))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", data, data.index(signature) + offset, 200)
    assert "its size is not the stated one" in refusal(saved(tmp_path, bytes(data)))


def test_many_files_that_are_too_much_together_are_refused(tmp_path, written, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_PACK_BYTES", 1_000_000)
    entries = [(f"{number}.bin", bytes(300_000)) for number in range(4)]
    assert "when it is unpacked" in refusal(saved(tmp_path, zip_of(*entries)))
    assert written[-1] <= 1_000_000
    with open_pack(saved(tmp_path, zip_of(*entries[:3]))) as pack:
        assert pack.total_bytes == 900_000


def test_a_thousand_entries_are_enough(tmp_path):
    entries = [(f"{number}.txt", b"") for number in range(MOST_ENTRIES + 1)]
    assert "holds more than 1,000 entries" in refusal(saved(tmp_path, zip_of(*entries)))
    with open_pack(saved(tmp_path, zip_of(*entries[:-1]))) as pack:
        assert len(pack.names) == MOST_ENTRIES


def test_an_endless_directory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    entries = [(f"{number:060}.txt", b"") for number in range(MOST_ENTRIES + 1)]
    data = bytearray(zip_of(*entries))
    struct.pack_into("<2H", data, len(data) - 14, 1, 1)  # the count is a lie, the directory's size is not

    def never(*_: object) -> None:
        raise AssertionError("the directory was read")

    assert "holds more than 1,000 entries" in refusal(saved(tmp_path, bytes(data)))
    monkeypatch.setattr(archive, "_LARGEST_DIRECTORY_BYTES", 1_000)
    monkeypatch.setattr(zipfile, "ZipFile", never)
    assert "holds more than 1,000 entries" in refusal(saved(tmp_path, bytes(data)))


def test_a_zip64_archive_is_refused(tmp_path):
    data = zip_of(("a.txt", b"x"))
    at = data.index(b"PK\5\6")
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    assert "ZIP64" in refusal(saved(tmp_path, data[:at] + locator + data[at:]))


def test_a_zip_larger_than_a_pack_is_not_even_read(tmp_path):
    path = tmp_path / "pack.zip"
    with path.open("wb") as file:
        file.truncate(LARGEST_PACK_BYTES * 2)
    assert "holds more than 50 MB" in refusal(path)


# Whatever the bytes are.

nasty = st.text(alphabet="aA./\\:~\0\n\x7f é\u0301ß\u202eC", max_size=12)


@given(names=st.lists(nasty, max_size=4))
@example(names=["..", "a/../../b"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_name_leads_out_of_the_folder(tmp_path_factory, names):
    around = tmp_path_factory.mktemp("around")
    path = saved(around, zip_of(*((name, b"x") for name in names)))
    inside = around / "inside"
    inside.mkdir()
    try:
        with open_pack(path, temp=inside) as pack:
            root = pack.root.resolve()
            assert all(pack.path(name).resolve().is_relative_to(root) for name in pack.names)
    except PackError as error:
        assert str(error).count("\n") == 0
    assert sorted(around.iterdir()) == [inside, path]
    assert list(inside.iterdir()) == []


@given(nasty)
def test_an_accepted_name_is_relative_and_stays_itself(name):
    if not name_fault(name):
        assert not name.startswith("/") and os.path.normpath(name) == name
        assert json.loads(json.dumps(name)) == name
