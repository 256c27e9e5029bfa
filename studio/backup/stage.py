"""Unpack a backup beside the studio and make it ready: nothing of the studio is touched yet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from packs.installer.words import printable
from studio.backup import snapshot
from studio.backup.document import DATABASE, FOLDERS, Member
from studio.backup.errors import BackupError
from studio.backup.place import refuse_full
from studio.backup.read import OpenedBackup, Tick
from studio.backup.swap import Moves


class Stage:
    """The two folders in which a studio is unpacked, each on the disk where it will stay."""

    def __init__(self) -> None:
        self.data = settings.DATA_DIR / "restoring"
        self.audio = settings.AUDIO_OUTPUT_DIR / "restoring-audio"
        self.folders = [self.data, self.audio]
        self.database = self.data / snapshot.database_path().name

    def clear(self) -> None:
        """Remove what is there, such as what a restore left that was killed."""
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)

    def fill(self, backup: OpenedBackup, tick: Tick) -> dict[str, str]:
        """Unpack a backup, comparing every byte, and bring its database up to date; its schema then.

        Raises
        ------
        BackupError
            When it is damaged, there is no room, or its database cannot be brought up to date.
        """
        document = backup.document
        audio_bytes = sum(member.bytes for member in document.files)
        needs = {settings.DATA_DIR: 2 * document.database.bytes, settings.AUDIO_OUTPUT_DIR: audio_bytes}
        refuse_full(needs, "make room")
        for folder in self.folders:
            folder.mkdir(mode=0o700)
        backup.unpack(self._place, tick)
        os.sync()  # one by one, a hundred thousand files would take minutes
        self._settle()
        with snapshot.opened(self.database) as database:
            snapshot.refuse_damaged(database, "The restored database")
            database.execute("PRAGMA journal_mode=DELETE")  # one file to be renamed, without a log beside it
            return snapshot.schema_of(database)

    def moves(self) -> Moves:
        """Where everything in it belongs."""
        there = [(self.audio / name, settings.AUDIO_OUTPUT_DIR / name) for name in FOLDERS]
        moves = [(source, target) for source, target in there if source.exists()]
        return [*moves, (self.database, snapshot.database_path())]

    def _place(self, member: Member) -> Path:
        if member.path == DATABASE:
            return self.database
        place = self.audio / member.path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _settle(self) -> None:
        environment = {
            **os.environ,
            "DATA_DIR": str(self.data),
            "AUDIO_OUTPUT_DIR": str(self.audio),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "SECRET_KEY": settings.SECRET_KEY,  # none is to be drawn for it
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "studio.backup.settle"]
        settled = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
        )
        if settled.returncode:
            reason = printable((settled.stderr.strip().splitlines() or ["it was killed"])[-1], 300)
            raise BackupError(
                f"The database of this backup cannot be made ready ({reason}); nothing here was changed."
            )
