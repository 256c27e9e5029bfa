"""What must hold whatever happened, told from the rows and the files themselves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from tests.support.studio import Studio


def none(name: str, number: int) -> Figure:
    """A figure for something of which there must not be one."""
    return Figure(name=name, value=number, target=0, sense="=", digits=0)


def whole(studio: Studio) -> Iterator[Figure]:
    """Database and files agree; to be asked after a sweep."""
    yield none("faults in the database", len(faults(studio)))
    yield none("sounds with a file that is missing or not as it was made", len(broken(studio)))
    yield none("files and folders that nobody owns, after the sweep", len(unowned(studio)))


def once_each(studio: Studio) -> Iterator[Figure]:
    """Every job succeeded, once, and made one sound."""
    yield none("jobs that did not succeed", sum(status != "succeeded" for status in studio.statuses()))
    yield none("jobs that did not succeed exactly once", len(not_once(studio, "select id from jobs_job")))
    sounds = studio.rows(
        "select j.id, count(s.id) from jobs_job j left join sounds_sound s on s.job_id = j.id group by j.id"
    )
    yield none("jobs without exactly one sound", sum(number != 1 for _, number in sounds))


def not_once(studio: Studio, jobs: str) -> list[int]:
    """Of the jobs that a query names, those without exactly one event of success."""
    events = Counter(id_ for (id_,) in studio.rows("select job_id from jobs_event where type = 'succeeded'"))
    return [id_ for (id_,) in studio.rows(jobs) if events[id_] != 1]


def faults(studio: Studio) -> list[str]:
    found = [row[0] for row in studio.rows("pragma integrity_check") if row[0] != "ok"]
    return found + [str(row) for row in studio.rows("pragma foreign_key_check")]


def broken(studio: Studio) -> set[str]:
    """Uuids of sounds that lack one of their files, or the bytes it had."""
    rows = studio.rows(
        "select s.uuid, f.path, f.sha256 "
        "from sounds_sound s left join sounds_audiofile f on f.sound_id = s.id"
    )
    return {uuid for uuid, path, sha256 in rows if path is None or _sha256(audio(studio) / path) != sha256}


def unowned(studio: Studio) -> list[Path]:
    """Files that no row names, and folders of sounds without one."""
    named = {audio(studio) / path for (path,) in studio.rows("select path from sounds_audiofile")}
    folders = {path.parent for path in named}
    generated = audio(studio) / "generated"
    files = [path for path in generated.rglob("*") if path.is_file() and path not in named]
    return files + [path for path in generated.glob("*/*") if path.is_dir() and path not in folders]


def audio(studio: Studio) -> Path:
    return Path(studio.environment["AUDIO_OUTPUT_DIR"])


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
