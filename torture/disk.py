"""The disk gets full while sounds are made, and has room again later"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from tests.support.studio import wait_for
from torture import holds, house

SIZE_MB = 12
SENTENCE = "The disk is full; free some space and retry the job."
PATIENCE_S = 60.0


def measure(*, jobs: int = 6, full_s: float = 5) -> Iterator[Figure]:
    for part in (lambda disk: of_the_audio(disk, jobs), lambda disk: of_everything(disk, jobs, full_s)):
        with small_disk() as disk:
            if disk is None:
                print("        Left out: a disk of a few megabytes can be mounted by root only.")
                return
            yield from part(disk)


def of_the_audio(disk: Path, jobs: int) -> Iterator[Figure]:
    """Only the sounds' disk is full, so the jobs can say what is wrong."""
    with house.fresh(AUDIO_OUTPUT_DIR=str(disk / "audio")) as studio:
        studio.open("worker")
        with no_room(disk):
            studio.submit(*[f"tone {number}" for number in range(jobs)], duration_s=2)
            studio.wait_until_done(within_s=PATIENCE_S)
            failed = studio.rows("select error from jobs_job where status = 'failed'")
            clear = sum(error == SENTENCE for (error,) in failed)
            yield holds.none("full disk: jobs that do not fail, or do not say so", jobs - clear)
            yield holds.none(
                "full disk: sounds written down", len(studio.rows("select id from sounds_sound"))
            )
            yield holds.none("full disk: files of them, before any sweep", len(holds.unowned(studio)))
        yield from _goes_on(studio, "room again")


def of_everything(disk: Path, jobs: int, full_s: float) -> Iterator[Figure]:
    """The database lies on the full disk too: nothing can be written down until there is room."""
    with house.fresh(below=disk) as studio:
        studio.open("worker")
        studio.submit(*[f"slow {number}" for number in range(jobs)])
        wait_for(lambda: studio.rows("select 1 from jobs_job where progress > 0"))
        with no_room(disk):
            time.sleep(full_s)
        studio.wait_until_done(within_s=PATIENCE_S)
        yield holds.none("database full too: jobs that never end", studio.unfinished())
        ended = studio.rows("select status, error from jobs_job")
        yield holds.none(
            "database full too: jobs that neither succeed nor say why",
            sum(status != "succeeded" and error != SENTENCE for status, error in ended),
        )
        yield from _goes_on(studio, "database, room again")


def _goes_on(studio: house.House, when: str) -> Iterator[Figure]:
    """The next job is done, by the same workers."""
    studio.submit("afterwards")
    studio.wait_until_done(within_s=PATIENCE_S)
    yield holds.none(f"{when}: next jobs that do not succeed", int(studio.statuses()[-1] != "succeeded"))
    studio.shut()
    studio.sweep()
    yield from holds.whole(studio)


@contextlib.contextmanager
def small_disk() -> Iterator[Path | None]:
    """A few megabytes in memory, or None where they cannot be mounted."""
    with tempfile.TemporaryDirectory(prefix="torture-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder]
        try:
            mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except OSError:
            mounted = False
        try:
            yield Path(folder) if mounted else None
        finally:
            if mounted:  # a killed process may still be leaving it
                wait_for(lambda: subprocess.run(["umount", folder], capture_output=True).returncode == 0)


@contextlib.contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Leave not a byte free on it."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()
