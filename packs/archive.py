"""Open a pack, zipped or as a folder, whoever made it: nothing in it can reach outside or fill the disk."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any

from packs.installer.names import name_fault as name_fault
from packs.installer.words import printable as printable
from packs.installer.words import shown as shown

LARGEST_PACK_BYTES = 50 * 1024 * 1024
"""Of all files together, counted as they are inflated."""
MOST_ENTRIES = 1_000
LARGEST_DOCUMENT_BYTES = 1_000_000

_CHUNK = 64 * 1024
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_LARGEST_DIRECTORY_BYTES = MOST_ENTRIES * 1024
_END = struct.Struct("<4s4H2LH")  # the end-of-central-directory record
_LONGEST_COMMENT = 0xFFFF
_ZIP64_LOCATOR_BYTES = 20
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What the zipfile module lets through when the bytes are nonsense."""


class PackError(ValueError):
    """The pack cannot be opened or read; the message is one sentence that names the file and the fault."""


@dataclass(frozen=True, slots=True)
class OpenedPack:
    """The files of a pack, lying in a folder."""

    root: Path
    label: str
    """What to call it in a sentence: the name of the zip or folder."""
    sizes: Mapping[str, int]
    """Name, with forward slashes, to size in bytes; sorted by name."""
    _digests: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.sizes)

    @property
    def total_bytes(self) -> int:
        return sum(self.sizes.values())

    def __contains__(self, name: object) -> bool:
        return name in self.sizes

    def path(self, name: str) -> Path:
        """Where a file lies; raises `PackError` for one that the pack does not hold."""
        if name not in self.sizes:
            raise PackError(f"{self.label} holds no {shown(name)}.")
        return self.root / name

    def head(self, name: str, count: int = 16) -> bytes:
        """The first bytes of a file."""
        with self._open(name) as file:
            return file.read(count)

    def sha256(self, name: str) -> str:
        """The digest of a file's bytes, computed once."""
        if name not in self._digests:
            with self._open(name) as file:
                self._digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[name]

    def read(self, name: str) -> bytes:
        """A document's bytes; raises `PackError` when it is missing or larger than a document is."""
        with self._open(name) as file:
            data = file.read(LARGEST_DOCUMENT_BYTES + 1)
        if len(data) > LARGEST_DOCUMENT_BYTES:
            raise PackError(f"{name} is larger than {LARGEST_DOCUMENT_BYTES:,} bytes.")
        return data

    def read_json(self, name: str) -> Any:
        """A document as plain data.

        Raises
        ------
        PackError
            When it is missing, too large, no JSON (RFC 8259, so without NaN and byte order mark), names
            a key twice, or holds characters that no text can hold.
        """
        data = self.read(name)
        if data.startswith(codecs.BOM_UTF8):
            raise PackError(
                f"{name} is no JSON: it begins with a byte order mark; save it as UTF-8 without one."
            )
        try:
            value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates fit no database
        except UnicodeError as error:
            raise PackError(f"{name} is not UTF-8 text.") from error
        except RecursionError as error:
            raise PackError(f"{name} is no JSON: it is nested too deeply.") from error
        except ValueError as error:
            raise PackError(f"{name} is no JSON: {_reason(error)}.") from error
        return value

    def _open(self, name: str) -> BufferedReader:
        path = self.path(name)
        try:
            return path.open("rb")
        except OSError as error:  # only in a folder that somebody else changes or guards
            raise PackError(f"{self.label}: {shown(name)} cannot be read: {error.strerror}.") from error


@contextmanager
def open_pack(path: Path, *, temp: Path | None = None, label: str = "") -> Iterator[OpenedPack]:
    """Unpack a zip into a temporary folder that is gone afterwards; a folder is used where it lies.

    Parameters
    ----------
    temp
        The folder in which to make the temporary one; the system's by default.
    label
        What to call it in a sentence, where its own name says nothing to a person.

    Raises
    ------
    PackError
        When the pack is missing, is no zip, is damaged, or holds anything that is refused: names that
        are not plain relative ones, links, duplicates, encryption, more than 1,000 entries, more than
        50 MiB. At most that much has been written then, and is removed.
    """
    label = printable(label or path.name or str(path))
    if os.path.isdir(path):  # Path.is_dir raises where this says no
        yield OpenedPack(path, label, _walk(path, label))
        return
    with tempfile.TemporaryDirectory(prefix="ccbell-pack-", dir=temp) as folder:
        root = Path(folder)
        yield OpenedPack(root, label, _unpack(path, label, root))


def _walk(root: Path, label: str) -> dict[str, int]:
    """The files of a folder and their sizes, refused by the same rules as those of a zip."""
    sizes: dict[str, int] = {}
    entries = 0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]  # a pack's repository is a pack too
        for path in (Path(folder, entry) for entry in (*folders, *files)):
            name = path.relative_to(root).as_posix()
            status = path.lstat()
            entries += 1
            if entries > MOST_ENTRIES:
                raise PackError(_too_many(label))
            _refuse_special(label, name, status.st_mode)
            if stat.S_ISREG(status.st_mode):
                sizes[name] = status.st_size
    if sum(sizes.values()) > LARGEST_PACK_BYTES:
        raise PackError(_too_large(label))
    _refuse_names(label, list(sizes), [])
    return dict(sorted(sizes.items()))


def _unpack(path: Path, label: str, root: Path) -> dict[str, int]:
    _refuse_large_directory(path, label)
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise PackError(f"{label} is no zip that can be read: {_reason(error)}.") from error
    with archive:
        _refuse_entries(label, archive.infolist())
        sizes: dict[str, int] = {}
        for entry in archive.infolist():
            target = root / entry.orig_filename
            if _is_folder(entry):
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            left = LARGEST_PACK_BYTES - sum(sizes.values())
            sizes[entry.orig_filename] = _write(label, archive, entry, target, left)
    return dict(sorted(sizes.items()))


def _write(label: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Inflate one entry, counting what really comes out; its stated size may be a lie."""
    written = 0
    with target.open("xb") as file:
        for chunk in _inflated(label, archive, entry):
            written += len(chunk)
            if written > most:
                raise PackError(_too_large(label))
            file.write(chunk)
    if written != entry.file_size:
        raise PackError(f"{label}: {shown(entry.orig_filename)} is damaged: its size is not the stated one.")
    return written


def _inflated(label: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's bytes in chunks; reading to the end is what makes zipfile compare the checksum."""
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK):
                yield chunk
    except BROKEN as error:
        raise PackError(f"{label}: {shown(entry.orig_filename)} is damaged: {_reason(error)}.") from error


def _refuse_large_directory(path: Path, label: str) -> None:
    """Look at the end of the file by hand: zipfile would read a directory of a million entries first."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END.size - _LONGEST_COMMENT - _ZIP64_LOCATOR_BYTES))
            tail = file.read()
    except (OSError, ValueError) as error:
        raise PackError(f"{label} cannot be opened: {getattr(error, 'strerror', '') or error}.") from error
    if size > LARGEST_PACK_BYTES + _LARGEST_DIRECTORY_BYTES:
        raise PackError(_too_large(label))
    at = _end_record(tail)
    if at < 0:
        raise PackError(f"{label} is no zip, or its end is missing; download it again.")
    directory_bytes = _END.unpack_from(tail, at)[5]  # the count of entries beside it may be a lie
    if directory_bytes > _LARGEST_DIRECTORY_BYTES:
        raise PackError(_too_many(label))
    if tail[max(0, at - _ZIP64_LOCATOR_BYTES) : at].startswith(b"PK\x06\x07"):
        raise PackError(f"{label} is a ZIP64 archive, which no pack needs; zip it again without.")


def _end_record(tail: bytes) -> int:
    """Where the end record begins, found as zipfile finds it; −1 for nowhere."""
    last = len(tail) - _END.size
    if last >= 0 and tail.startswith(b"PK\x05\x06", last) and tail.endswith(b"\0\0"):
        return last
    return tail.rfind(b"PK\x05\x06", 0, max(0, last) + 4)


def _refuse_entries(label: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise PackError(_too_many(label))
    for entry in entries:
        # The mode is there whatever system the header names: some zip tools lie about that.
        _refuse_special(label, entry.orig_filename, entry.external_attr >> 16)
        if entry.flag_bits & _ENCRYPTED:
            raise PackError(f"{label}: {shown(entry.orig_filename)} is encrypted; zip it without a password.")
        if entry.compress_type not in _METHODS:
            # bzip2 and LZMA inflate without bounds from a single chunk.
            raise PackError(
                f"{label}: {shown(entry.orig_filename)} is compressed in a way packs do not use; "
                "zip it with deflate."
            )
    _refuse_names(
        label,
        [entry.orig_filename for entry in entries if not _is_folder(entry)],
        [entry.orig_filename.removesuffix("/") for entry in entries if _is_folder(entry)],
    )


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.orig_filename.endswith("/")  # ZipInfo.is_dir looks at a name cut at its first NUL


def _refuse_special(label: str, name: str, mode: int) -> None:
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise PackError(f"{label}: {shown(name)} is a symbolic link; put the file itself there.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise PackError(f"{label}: {shown(name)} is neither a file nor a folder.")


def _refuse_names(label: str, files: Sequence[str], folders: Sequence[str]) -> None:
    """Refuse what is unsafe, and what would be one and the same file on some system."""
    kept: dict[str, str] = {}
    for name in (*files, *folders):
        if fault := name_fault(name):
            raise PackError(f"{label}: {shown(name)} {fault}.")
        key = _key(name)
        if key in kept:
            raise PackError(f"{label}: {shown(name)} and {shown(kept[key])} are the same name.")
        kept[key] = name
    taken = {_key(name) for name in files}
    for key, name in kept.items():
        parts = key.split("/")[:-1]
        if any("/".join(parts[: count + 1]) in taken for count in range(len(parts))):
            raise PackError(f"{label}: {shown(name)} lies in a folder that is also a file.")


def _key(name: str) -> str:
    """What two names share that a Mac or Windows takes for one: case and Unicode's ways to write it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _too_many(label: str) -> str:
    return f"{label} holds more than {MOST_ENTRIES:,} entries."


def _too_large(label: str) -> str:
    return f"{label} holds more than {LARGEST_PACK_BYTES // 1024**2} MB when it is unpacked."


def _reason(error: Exception) -> str:
    return printable(str(error), 120).rstrip(".") or type(error).__name__


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, refused when readers could disagree about it."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object names a key twice")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
