"""Open a backup: nothing in it is believed before it is looked at."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from packs.archive import BROKEN
from packs.installer.words import printable, shown
from studio.backup.document import DOCUMENT, LARGEST_BYTES, Document, Member
from studio.backup.errors import BackupError

CHUNK = 1024**2
Tick = Callable[[float, str], None]
"""Is told how far it is, from 0 to 1, and what happens."""

_ENCRYPTED = 0x1
_PACKS_DOCUMENTS = {"manifest.json", "openpeon.json", "pack.json"}


class OpenedBackup:
    """A backup whose document was read and describes exactly what is in it."""

    def __init__(self, label: str, archive: zipfile.ZipFile, document: Document) -> None:
        self.label = label
        self.document = document
        self._archive = archive

    def unpack(self, place: Callable[[Member], Path | None], tick: Tick) -> None:
        """Read every file, and write it where `place` says, if that is anywhere.

        Raises
        ------
        BackupError
            When a file is not, byte for byte, what the document says.
        OSError
            When one cannot be written.
        """
        total, done = self.document.total_bytes or 1, 0
        for member in self.document.members:
            self._copy(member, place(member))
            done += member.bytes
            tick(done / total, member.path)

    def verify(self, tick: Tick) -> None:
        """Read every file and compare it; raises `BackupError` as `unpack` does."""
        self.unpack(lambda member: None, tick)

    def _copy(self, member: Member, target: Path | None) -> None:
        digest, size = hashlib.sha256(), 0
        with target.open("xb") if target else nullcontext() as file:
            for chunk in self._chunks(member.name):
                size += len(chunk)
                if size > member.bytes:  # before more is written than there is room for
                    break
                digest.update(chunk)
                if file:
                    file.write(chunk)
        if size != member.bytes or digest.hexdigest() != member.sha256:
            raise BackupError(f"{self.label} is damaged: {shown(member.path)} is not what was backed up.")

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._archive.open(name) as source:
                while chunk := source.read(CHUNK):
                    yield chunk
        except BROKEN as error:
            raise BackupError(
                f"{self.label} is damaged: {shown(name)} cannot be read ({_reason(error)})."
            ) from error


@contextmanager
def open_backup(path: Path, *, label: str = "") -> Iterator[OpenedBackup]:
    """Open a backup and read what it says of itself.

    Raises
    ------
    BackupError
        When it is missing, no backup, damaged, of a later format, or holds anything beside what its
        document describes: links, other names, names twice, more than it is large.
    """
    label = printable(label or path.name or str(path))
    with _archive(path, label) as archive:
        yield OpenedBackup(label, archive, _document(label, archive, path.stat().st_size))


@contextmanager
def _archive(path: Path, label: str) -> Iterator[zipfile.ZipFile]:
    if path.is_dir():
        raise BackupError(f"{label} is a folder; name the file of the backup.")
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be opened ({error.strerror}).") from error
    with file, _opened(label, file) as archive:
        yield archive


def _opened(label: str, file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except BROKEN as error:
        raise BackupError(
            f"{label} is no backup, or is cut off: it is no zip that can be read ({_reason(error)})."
        ) from error


def _document(label: str, archive: zipfile.ZipFile, size: int) -> Document:
    entries = archive.infolist()
    names = {entry.orig_filename for entry in entries}
    if DOCUMENT not in names:
        what = (
            "a sound pack: import_pack takes that" if names & _PACKS_DOCUMENTS else f"it holds no {DOCUMENT}"
        )
        raise BackupError(f"{label} is no backup of a studio, but {what}.")
    _refuse_entries(label, entries, size)
    document = Document.read(label, _read(label, archive))
    described = {DOCUMENT, *(member.name for member in document.members)}
    if odd := sorted(described ^ names):
        what = "is missing" if odd[0] in described else "is not described"
        raise BackupError(f"{label} is damaged: {shown(odd[0])} {what}.")
    return document


def _refuse_entries(label: str, entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) != len({entry.orig_filename for entry in entries}):
        raise BackupError(f"{label} is damaged: it holds a name twice.")
    for entry in entries:
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise BackupError(f"{label} is refused: {shown(entry.orig_filename)} is no plain file.")
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise BackupError(f"{label} is damaged: {shown(entry.orig_filename)} is packed in another way.")
    if sum(entry.compress_size for entry in entries) > size:  # else one place would be unpacked many times
        raise BackupError(f"{label} is damaged: its files come to more than it is large.")


def _read(label: str, archive: zipfile.ZipFile) -> bytes:
    data = io.BytesIO()
    try:
        with archive.open(DOCUMENT) as source:
            while chunk := source.read(CHUNK):
                data.write(chunk)
                if data.tell() > LARGEST_BYTES:
                    raise BackupError(f"{label} is refused: its {DOCUMENT} is too large.")
    except BROKEN as error:
        if isinstance(error, BackupError):
            raise
        raise BackupError(f"{label} is damaged: its {DOCUMENT} cannot be read ({_reason(error)}).") from error
    return data.getvalue()


def _reason(error: Exception) -> str:
    return printable(str(error), 120).rstrip(".") or type(error).__name__
