"""Copy the files that a database names into an archive, and note those that are gone or not what was made."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from django.conf import settings

from packs.installer.words import shown
from studio.backup.ahead import Small, read_ahead
from studio.backup.document import AUDIO, Member, place_fault
from studio.backup.read import CHUNK
from studio.backup.snapshot import Named

_PRIVATE = (stat.S_IFREG | 0o600) << 16
_UNIX = 3


class Files:
    """Files of the audio folder on their way into an archive, stored as they are: audio hardly shrinks."""

    def __init__(self, archive: zipfile.ZipFile, moment: datetime) -> None:
        self.kept: list[Member] = []
        self.missing: list[str] = []
        self.damaged: list[str] = []
        self._archive = archive
        self._moment = moment.astimezone(UTC).timetuple()[:6]

    def add(self, named: list[Named], tick: Callable[[int], None]) -> None:
        """Copy them as they are; `tick` is told how many bytes of them are done."""
        sound = [one for one in named if not self._is_elsewhere(one)]
        done = 0
        for one, ahead in zip(sound, read_ahead(map(_place, sound)), strict=True):
            self._add(one, ahead)
            done += one.bytes
            tick(done)

    def _is_elsewhere(self, named: Named) -> bool:
        fault = place_fault(named.path)
        if fault:
            self.damaged.append(f"{shown(named.path)} of {shown(named.of)} {fault}, and is left out")
        return bool(fault)

    def _add(self, named: Named, ahead: Future[Small | None]) -> None:
        try:
            found = ahead.result() or _place(named).open("rb", buffering=0)
        except (FileNotFoundError, NotADirectoryError):
            if named.needed:
                self.missing.append(named.path)
            return
        except OSError as error:
            self._note(named, f"cannot be read ({error.strerror}), and is left out")
            return
        member = self._store(named, found) if isinstance(found, Small) else self._stream(named, found)
        self.kept.append(member)
        if named.sha256 not in ("", member.sha256):
            self._note(named, "is not what was made")

    def _store(self, named: Named, small: Small) -> Member:
        self._archive.writestr(self._entry(named, len(small.data)), small.data)
        return Member(named.path, len(small.data), small.sha256)

    def _stream(self, named: Named, source: FileIO) -> Member:
        digest, size = hashlib.sha256(), 0
        entry = self._entry(named, os.fstat(source.fileno()).st_size)
        with source, self._archive.open(entry, "w") as target:
            for chunk in self._chunks(named, source):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        return Member(named.path, size, digest.hexdigest())

    def _chunks(self, named: Named, source: FileIO) -> Iterator[bytes]:
        """What can be read; the rest of a file on a bad spot of the disk is noted."""
        try:
            while chunk := source.read(CHUNK):
                yield chunk
        except OSError as error:
            self._note(named, f"cannot be read to its end ({error.strerror})")

    def _entry(self, named: Named, size: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(AUDIO + named.path, self._moment)
        entry.create_system = _UNIX
        entry.external_attr = _PRIVATE
        entry.file_size = size  # decides whether it needs ZIP64
        return entry

    def _note(self, named: Named, fault: str) -> None:
        self.damaged.append(f"{named.path} of {shown(named.of)} {fault}")


def _place(named: Named) -> Path:
    return settings.AUDIO_OUTPUT_DIR / named.path
