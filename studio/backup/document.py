"""What `backup.json` says of a backup: whence it is, and every file with its digest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from packs.formats.documents import Findings, Key, check_keys, is_object, is_sha256, is_whole, text
from packs.installer.names import name_fault
from packs.installer.words import shown
from studio.backup.errors import BackupError

DOCUMENT = "backup.json"
DATABASE = "studio.sqlite3"
AUDIO = "audio/"
"""In front of the files of the audio folder, in the archive."""
FOLDERS = ("generated", "releases", "temp")
"""What of the audio folder a backup holds; `temp` is there for uploads that wait for their job."""
FORMAT = "ccbell-studio-backup"
FORMAT_VERSION = 1
_SAID = ("studio_version", "created_at", "schema", "counts", "missing", "damaged")
LARGEST_BYTES = 1_000_000_000
"""Of the document; a million sounds come to that."""
LARGEST_NUMBER = 2**63 - 1
"""What a database counts to; larger ones are of no disk, and break sums and sentences."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its path below the audio folder, its size in bytes and its SHA-256 digest."""

    path: str
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """What it is called in the archive."""
        return self.path if self.path == DATABASE else AUDIO + self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The whole of it; `missing` and `damaged` say what was amiss already when it was made."""

    studio_version: str
    created_at: str
    schema: dict[str, str]
    """App to its last migration."""
    counts: dict[str, int]
    database: Member
    files: list[Member]
    missing: list[str]
    damaged: list[str]

    @property
    def members(self) -> list[Member]:
        return [self.database, *self.files]

    @property
    def total_bytes(self) -> int:
        return sum(member.bytes for member in self.members)

    def write(self) -> bytes:
        said = {key: getattr(self, key) for key in _SAID}
        database, *files = (
            {"path": member.path, "bytes": member.bytes, "sha256": member.sha256} for member in self.members
        )
        whole = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            **said,
            "database": database,
            "files": files,
        }
        # Without indentation, which would take seconds for a hundred thousand files.
        return json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def read(cls, label: str, data: bytes) -> Document:
        """The document that these bytes are.

        Raises
        ------
        BackupError
            When they are none, or one of a later studio, or name a file that may not be unpacked.
        """
        said = _object(label, data)
        findings = Findings("backup")
        if not check_keys(said, _KEYS, findings):
            raise BackupError(f"{label} is damaged: {findings[0].sentence}")
        database, *files = (_member(label, entry) for entry in [said["database"], *said["files"]])
        if database.path != DATABASE or any(file.path == DATABASE for file in files):
            raise BackupError(f"{label} is damaged: it does not hold just one {DATABASE}.")
        _refuse_places(label, (file.path for file in files))
        kept = {key: said[key] for key in _SAID}
        return cls(**kept, database=database, files=files)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_table(kind: type) -> Any:
    return lambda value: is_object(value) and all(type(item) is kind for item in value.values())


def _is_numbers(value: Any) -> bool:
    return _is_table(int)(value) and all(0 <= item <= LARGEST_NUMBER for item in value.values())


_KEYS = (
    Key("studio_version", "a version", text(40, 1), required=True),
    Key("created_at", "a moment", text(40, 1), required=True),
    Key("schema", "an object of texts", _is_table(str), required=True),
    Key("counts", "an object of numbers", _is_numbers, required=True),
    Key("database", "an object", is_object, required=True),
    Key("files", "a list", lambda value: isinstance(value, list), required=True),
    Key("missing", "a list of texts", _is_texts, required=True),
    Key("damaged", "a list of texts", _is_texts, required=True),
)


def _object(label: str, data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BackupError(f"{label} is damaged: its {DOCUMENT} is no JSON.") from error
    if not is_object(said) or said.get("format") != FORMAT:
        raise BackupError(f"{label} is no backup of a studio: its {DOCUMENT} is something else.")
    version = said.get("format_version")
    if version != FORMAT_VERSION:
        raise BackupError(
            f"{label} is a backup of format {shown(version)}, and this studio reads {FORMAT_VERSION}; "
            "update the studio first."
        )
    return said


def _member(label: str, entry: Any) -> Member:
    # By hand, as there may be a hundred thousand: a table of keys would take seconds.
    if (
        not is_object(entry)
        or not isinstance(path := entry.get("path"), str)
        or not is_whole(size := entry.get("bytes"))
        or not 0 <= size <= LARGEST_NUMBER
        or not is_sha256(sha256 := entry.get("sha256"))
    ):
        raise BackupError(
            f"{label} is damaged: its {DOCUMENT} describes a file without path, size or digest."
        )
    return Member(path, size, sha256)


def _refuse_places(label: str, paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if fault := place_fault(path):
            raise BackupError(f"{label} is refused: {shown(path)} {fault}.")
        if path in seen:
            raise BackupError(f"{label} is damaged: it names {shown(path)} twice.")
        seen.add(path)


def place_fault(path: str) -> str:
    """What is wrong with a path below the audio folder; ``""`` for one that a backup may hold."""
    folder, _, rest = path.partition("/")
    return "" if folder in FOLDERS and rest and not name_fault(path) else "is no place in the audio folder"
