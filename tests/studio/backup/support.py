"""What a studio holds, to be compared; and refusals, which are one sentence."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.studio import SQLITE, Studio

FOLDERS = ("generated", "releases", "temp")


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that did nothing."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and not done.stdout, done.stderr
    return lines[0].removeprefix("CommandError: ")


def files_of(audio: Path) -> dict[str, str]:
    """Path below the audio folder to digest."""
    paths = [path for folder in FOLDERS for path in (audio / folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(audio)): digest(path) for path in paths}


def audio_of(studio: Studio) -> Path:
    return Path(studio.environment["AUDIO_OUTPUT_DIR"])


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def whole_takes(studio: Studio) -> tuple[int, int]:
    """How many takes there are, and how many of them have the very bytes that were made."""
    done = studio.python(
        "from sounds.models import Sound\n"
        "takes = list(Sound.objects.prefetch_related('files'))\n"
        "print(len(takes), sum(all(f.is_whole for f in take.files.all()) for take in takes))"
    )
    takes, whole = done.stdout.split()
    return int(takes), int(whole)


def read(studio: Studio, sql: str, *args: Any) -> list[Any]:
    """Ask its database, and let go of it: a restore looks for who has it open."""
    with closing(sqlite3.connect(studio.data / SQLITE, timeout=20)) as database:
        return database.execute(sql, args).fetchall()


def write(studio: Studio, sql: str, *args: Any) -> None:
    with closing(sqlite3.connect(studio.data / SQLITE, timeout=20)) as database, database:
        database.execute(sql, args)
