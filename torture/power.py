"""The power goes in the middle of work, and with it the end of the database's log"""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from tests.support.studio import wait_for
from torture import holds, house
from torture.kills import prompts

DATABASE = "studio.sqlite3"
PATIENCE_S = 60.0
DISCARD = """
import sys, time
from sounds.models import Sound
while True:
    for sound in Sound.objects.all():
        if sound.pk % 3 == 0:
            print(sound.uuid.hex, flush=True)
            sound.discard()
    time.sleep(0.05)
"""


@dataclass
class Losses:
    """What was wrong in all copies together."""

    faults: int = 0
    broken: int = 0
    returned: int = 0
    lost: int = 0
    unowned: int = 0
    unfinished: int = 0
    twice: int = 0


def measure(*, jobs: int = 16, copies: int = 20, seed: int = 1) -> Iterator[Figure]:
    chance = random.Random(seed)
    losses = Losses()
    with house.fresh() as studio:
        discarded = _work_until_the_power_goes(studio, jobs)
        log = Log(studio.data)
        for number in range(copies):
            with house.fresh() as copy:
                copy_of(studio.data, copy.data)
                log.damage(copy.data, chance, zeros=number % 2 == 1)
                _go_on(copy, discarded, losses)
    yield Figure(name="copies of the data folder, each with its log cut", value=copies, digits=0)
    yield Figure(name="frames of the log that could be lost", value=log.frames - log.synced, digits=0)
    yield Figure(name="files that had lost their rows before the restart", value=losses.lost, digits=0)
    yield holds.none("faults in a database", losses.faults)
    yield holds.none("sounds with a file that is missing or not as it was made", losses.broken)
    yield holds.none("discarded sounds that came back without files", losses.returned)
    yield holds.none("files and folders that nobody owns, after the sweep", losses.unowned)
    yield holds.none("jobs that did not end after the restart", losses.unfinished)
    yield holds.none("successful jobs without exactly one event of it", losses.twice)


def _work_until_the_power_goes(studio: house.House, jobs: int) -> set[str]:
    """Half of the jobs are done by then; some of the sounds are discarded, which these are."""
    studio.submit(*prompts(jobs))
    studio.rows("pragma wal_checkpoint(truncate)")  # the submission itself is long on disk
    told = studio.data / "discarded.txt"
    with told.open("w") as out:
        studio.start("-c", "import django; django.setup()\n" + DISCARD, stdout=out)
    studio.open("worker")
    wait_for(lambda: studio.statuses().count("succeeded") >= jobs // 2, timeout=PATIENCE_S)
    studio.cut_the_power()
    return set(told.read_text().split())


class Log:
    """SQLite's write-ahead log of a studio that is dead, of which a power cut may take the end.

    Not what was written into the database already: SQLite has the disk confirm the log before it does that,
    and notes in the shared index how far it went (https://sqlite.org/walformat.html).
    """

    HEADER = 32
    FRAME_HEADER = 24
    BACKFILLED_AT = 96
    ATTEMPTED_AT = 128

    def __init__(self, data: Path) -> None:
        self.path = data / f"{DATABASE}-wal"
        self.size = self.path.stat().st_size
        (page_size,) = struct.unpack(">I", self.path.read_bytes()[8:12])
        self.frame = self.FRAME_HEADER + page_size
        self.frames = (self.size - self.HEADER) // self.frame
        index = (data / f"{DATABASE}-shm").read_bytes()
        self.synced = max(
            struct.unpack_from("=I", index, at)[0] for at in (self.BACKFILLED_AT, self.ATTEMPTED_AT)
        )

    def damage(self, data: Path, chance: random.Random, *, zeros: bool) -> None:
        """Cut it at a place that was not confirmed yet, or fill it with zeros from there on."""
        cut = chance.randint(self.HEADER + self.synced * self.frame, self.size)
        with (data / self.path.name).open("r+b") as file:
            file.truncate(cut)
            if zeros:
                file.truncate(self.size)


def copy_of(data: Path, target: Path) -> None:
    """What a disk would hold: the shared index does not outlive the processes."""
    shutil.copytree(data, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*-shm", "run"))


def _go_on(studio: house.House, discarded: set[str], losses: Losses) -> None:
    """Start a copy, let its queue run to the end, and see what it has lost."""
    losses.faults += len(holds.faults(studio))
    losses.lost += len(holds.unowned(studio))
    studio.open("worker")
    studio.wait_until_done(within_s=PATIENCE_S)
    losses.unfinished += studio.unfinished()
    studio.shut()
    studio.sweep()
    broken = holds.broken(studio)
    losses.broken += len(broken - discarded)
    losses.returned += len(broken & discarded)
    losses.faults += len(holds.faults(studio))
    losses.unowned += len(holds.unowned(studio))
    losses.twice += len(holds.not_once(studio, "select id from jobs_job where status = 'succeeded'"))
