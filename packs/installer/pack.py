"""A pack to install, zipped or as a folder: only what its documents name is read, and checked on the way."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Any

from .errors import InstallError
from .names import FOLDER, cesp_place, name_fault
from .receipt import sha256
from .strict_json import parse
from .words import printable, shown

MANIFEST = "manifest.json"
OPENPEON = "openpeon.json"
CCBELL_PACK = "pack.json"
TEMPLATE = "ccbell-config.template.json"
PLACEHOLDER = "{{PACK_DIR}}"
LICENCE = "LICENSE"

LARGEST_DOCUMENT_BYTES = 1_000_000
LARGEST_FILE_BYTES = 50 * 1024 * 1024
MOST_ENTRIES = 1_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENCRYPTED = 0x1
# What the zipfile module lets through when the bytes are nonsense.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


class _Folder:
    """The files of an unpacked pack."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __contains__(self, name: str) -> bool:
        return os.path.lexists(self.root / name)

    def read(self, name: str, most: int) -> bytes:
        path = self.root
        for part in name.split("/"):
            path = path / part
            if stat.S_ISLNK(path.lstat().st_mode):
                raise ValueError("it is a link")
        if not stat.S_ISREG(path.lstat().st_mode):
            raise ValueError("it is no file")
        with path.open("rb") as file:
            return file.read(most)


class _Zip:
    """The entries of a zip."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path)
        entries = self.archive.infolist()
        self.entries = {entry.filename: entry for entry in entries}
        if len(entries) > MOST_ENTRIES or len(self.entries) != len(entries):
            raise ValueError("it holds too many entries, or one twice")

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def read(self, name: str, most: int) -> bytes:
        entry = self.entries[name]
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise ValueError("it is no file")
        if entry.flag_bits & _ENCRYPTED:
            raise ValueError("it is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("it is compressed in a way packs do not use")
        with self.archive.open(entry) as file:
            return file.read(most)


class Pack:
    """A pack as its documents describe it.

    Raises `InstallError` from the constructor for what is no pack, and from `read` for a file that is
    missing, unsafe, too large, or not the one whose checksum the documents state.
    """

    def __init__(self, path: Path, label: str = "") -> None:
        self.label = label or printable(path.name)
        try:
            self._files: _Folder | _Zip = _Folder(path) if path.is_dir() else _Zip(path)
        except _BROKEN as error:
            raise InstallError(f"{self.label} is no pack that can be read: {_reason(error)}.") from error
        self._digests: dict[str, set[str]] = {}
        self.manifest = self._document(MANIFEST)
        if "categories" in self.manifest and "files" not in self.manifest:
            self.manifest = {}  # peon-ping's old packs have another document of that name
        self.openpeon = self._document(OPENPEON)
        self.ccbell = self._document(CCBELL_PACK)
        self.name = self._said("name", "id")
        self.version = self._said("version", "version")
        if not self.name:
            raise InstallError(
                f"{self.label} is no sound pack: it holds none of {MANIFEST}, {OPENPEON}, {CCBELL_PACK}."
            )
        if not _NAME.fullmatch(self.name):
            raise InstallError(
                f"{self.label} calls itself {shown(self.name)}, which can be no folder; its name must be "
                "of at most 64 letters, digits, - and _, and begin with a letter or a digit."
            )
        self._digests = self._stated_digests()

    def close(self) -> None:
        """Let go of the zip."""
        if isinstance(self._files, _Zip):
            self._files.archive.close()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and not name_fault(name) and name in self._files

    def read(self, name: str, most: int = LARGEST_FILE_BYTES) -> bytes:
        """A file's bytes; `most` is how many there may be."""
        if fault := name_fault(name):
            raise InstallError(f"{self.label}: {shown(name)} {fault}.")
        if name not in self._files:
            raise InstallError(f"{self.label} holds no {shown(name)}; download the pack again.")
        try:
            data = self._files.read(name, most + 1)
        except _BROKEN as error:
            raise InstallError(
                f"{self.label}: {shown(name)} cannot be read: {_reason(error)}; download the pack again."
            ) from error
        if len(data) > most:
            raise InstallError(f"{self.label}: {shown(name)} is larger than {most:,} bytes.")
        if any(digest != sha256(data) for digest in self._digests.get(name, ())):
            raise InstallError(
                f"{self.label}: {shown(name)} is not the file whose checksum the pack states; download "
                "the pack again."
            )
        return data

    def _document(self, name: str) -> dict[str, Any]:
        """The object in a document; an empty one where the pack does not have it."""
        if name not in self._files:
            return {}
        try:
            document = parse(self.read(name, LARGEST_DOCUMENT_BYTES))
        except ValueError as error:
            raise InstallError(f"{self.label}: {name} cannot be used: {error}.") from error
        if not isinstance(document, dict):
            raise InstallError(f"{self.label}: {name} holds no JSON object.")
        return document

    def template(self) -> dict[str, Any]:
        """The template of a config for ccbell."""
        return self._document(TEMPLATE)

    def _said(self, key: str, ccbell_key: str) -> str:
        """What the first document to say it says."""
        for document, its_key in ((self.manifest, key), (self.openpeon, key), (self.ccbell, ccbell_key)):
            value = document.get(its_key)
            if isinstance(value, str) and value:
                return value
        return ""

    def _stated_digests(self) -> dict[str, set[str]]:
        """Name to the SHA-256 digests that documents state; more than one are a contradiction."""
        digests: dict[str, set[str]] = {}
        stated: list[tuple[Any, Any]] = [
            (self.path_of(entry), entry.get("sha256")) for entry in self.entries.values()
        ]
        stated += [(entry.get("file"), entry.get("sha256")) for _, entry in self.categories()]
        for name, digest in stated:
            if isinstance(name, str) and isinstance(digest, str) and _SHA256.fullmatch(digest):
                digests.setdefault(name, set()).add(digest)
        return digests

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        """Hook to its entry in manifest.json."""
        files = self.manifest.get("files")
        files = files if isinstance(files, dict) else {}
        return {hook: entry for hook, entry in files.items() if isinstance(entry, dict)}

    def path_of(self, entry: dict[str, Any]) -> str:
        """The file an entry of manifest.json names, from the pack's root and as it is named where none is
        there; ``""`` for an entry that names none."""
        name = entry.get("filename")
        if not isinstance(name, str):
            return ""
        return next((path for path in (f"{FOLDER}/{name}", name) if path in self), name)

    def categories(self) -> list[tuple[str, dict[str, Any]]]:
        """Category and entry of every sound in openpeon.json."""
        found = []
        categories = self.openpeon.get("categories")
        for category, value in categories.items() if isinstance(categories, dict) else ():
            sounds = value.get("sounds") if isinstance(value, dict) else None
            entries = sounds if isinstance(sounds, list) else []
            found += [(category, self._placed(entry)) for entry in entries if isinstance(entry, dict)]
        return found

    def _placed(self, entry: dict[str, Any]) -> dict[str, Any]:
        file = entry.get("file")
        return {**entry, "file": cesp_place(file, self)} if isinstance(file, str) else entry

    def documents(self, *names: str) -> dict[str, bytes]:
        """Those of some documents that the pack has, and its licence."""
        return {name: self.read(name, LARGEST_DOCUMENT_BYTES) for name in (*names, LICENCE) if name in self}


def is_pcm16(data: bytes) -> bool:
    """Whether it is a WAV of 16-bit PCM samples, the one format right on every player.

    The ``fmt`` chunk says so: format 1, or 0xFFFE (extensible) with a GUID that begins with 1, and 16 bits
    a sample (Microsoft, Multiple Channel Audio Data and WAVE Files).
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return False
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        chunk = data[at + 8 : at + 8 + size]
        if data[at : at + 4] == b"fmt ":
            tag = chunk[24:26] if chunk[:2] == b"\xfe\xff" else chunk[:2]
            return tag == b"\x01\0" and chunk[14:16] == b"\x10\0"
        at += 8 + size + size % 2
    return False


def _reason(error: Exception) -> str:
    return printable(getattr(error, "strerror", None) or str(error), 120).rstrip(".") or type(error).__name__
