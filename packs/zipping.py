"""Zip a pack: the same files and the same moment give the same bytes, on every machine."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from packs.archive import PackError, name_fault, shown

Files = Mapping[str, bytes | Path]
"""Name in the pack to its bytes, or to the file that holds them."""

_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_NO_CONTENT = ("version", "created_at")


def write_zip(path: Path, files: Files, *, timestamp: datetime) -> tuple[str, int]:
    """Write a zip, whole or not at all, and give its SHA-256 digest and its size in bytes.

    Entries are sorted by name, carry the same permissions and moment (in UTC, by two seconds, as zips
    keep time), and are stored as they are: audio hardly shrinks, and no version of zlib can change
    the bytes.

    Raises
    ------
    ValueError
        For a moment without time zone or outside 1980–2107.
    PackError
        For a name that `open_pack` would refuse, or a file that is gone.
    OSError
        When the zip cannot be written; what was at `path` before is untouched.
    """
    moment = _moment(timestamp)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for name in sorted(files):
                    _add(archive, name, files[name], moment)
            file.flush()
            os.fsync(file.fileno())
        with temporary.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = temporary.stat().st_size
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return sha256, size


def content_sha256(files: Files) -> str:
    """A digest of what a pack says and sounds like, whatever its version is called and whenever it is from.

    Covers every name and the digest of every file. In the JSON documents at the pack's root the
    top-level ``version`` and ``created_at`` are left out, and only those: packs that differ in nothing
    else are the same pack. Raises `PackError` for a file that is gone.
    """
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{_sha256(name, files[name])}  {name}\n".encode())
    return digest.hexdigest()


def _add(archive: zipfile.ZipFile, name: str, content: bytes | Path, moment: tuple[int, ...]) -> None:
    if fault := name_fault(name):
        raise PackError(f"{shown(name)} {fault}.")
    entry = zipfile.ZipInfo(name, date_time=moment)  # type: ignore[arg-type]  # six numbers
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    with _opened(name, content) as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)


def _opened(name: str, path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise PackError(f"The file of {shown(name)} is gone: {path}; render the sound again.") from error


def _moment(timestamp: datetime) -> tuple[int, int, int, int, int, int]:
    if timestamp.tzinfo is None:
        raise ValueError("The moment of a zip needs a time zone; give it in UTC.")
    utc = timestamp.astimezone(UTC)
    if not 1980 <= utc.year <= 2107:
        raise ValueError(f"A zip keeps moments from 1980 to 2107, not {utc.year}.")
    return utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second // 2 * 2


def _sha256(name: str, content: bytes | Path) -> str:
    if isinstance(content, Path):
        with _opened(name, content) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if name.endswith(".json") and "/" not in name:
        content = _without_version_and_date(content)
    return hashlib.sha256(content).hexdigest()


def _without_version_and_date(data: bytes) -> bytes:
    """A JSON document written in one fixed way; other bytes as they are."""
    try:
        document = json.loads(data)
    except ValueError:
        return data
    if not isinstance(document, dict):
        return data
    kept = {key: value for key, value in document.items() if key not in _NO_CONTENT}
    return json.dumps(kept, sort_keys=True).encode()
