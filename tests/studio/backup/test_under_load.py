"""A backup of a studio that works, restored on another machine: nothing chosen is lost, and work goes on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.studio.backup.support import audio_of, digest, read, whole_takes
from tests.support.studio import about_sqlite, wait_for

pytestmark = [about_sqlite, pytest.mark.slow]

PACK = ("generate_pack", "jazz", "--hooks", "task_complete,idle", "--engine", "steady")
CHOOSE = """
import sys
from sounds.models import Slot
print("choosing", flush=True)
number = 0
while True:
    for slot in Slot.objects.all():
        for take in slot.takes.all():
            slot.choose(take, by=None)
            number += 1
"""


def done(studio) -> int:
    return studio.statuses().count("succeeded")


def test_the_studio_that_was_backed_up_while_it_worked_works_elsewhere(studio, fresh, tmp_path):
    (zip_sha256,) = read(studio, "select zip_sha256 from packs_build")[0]
    before = done(studio)
    studio.worker()
    chooser = studio.start("-c", "import django; django.setup()\n" + CHOOSE)
    studio.submit(*(f"tone {number}" for number in range(60)))
    backups = []
    for number in range(3):
        wait_for(lambda least=before + 5 * (number + 1): done(studio) >= least, timeout=60)
        path = tmp_path / f"{number}.zip"
        said = studio.manage("backup", str(path)).stdout
        assert "read again and found whole" in said and "Without" not in said
        backups.append(path)
    assert chooser.poll() is None, "who writes all the time was not held up"
    chooser.kill()
    wait_for(lambda: set(studio.statuses()) == {"succeeded"}, timeout=120)
    studio.close()

    fresh.manage("restore", str(backups[0]))
    takes, whole = whole_takes(fresh)
    assert takes == whole >= 2 + 5
    assert not read(fresh, "select 1 from sounds_slot where chosen_id is null")
    unfinished = sum(status != "succeeded" for status in fresh.statuses())
    assert unfinished, "it was made in the middle of the work"
    fresh.worker()
    wait_for(lambda: set(fresh.statuses()) == {"succeeded"}, timeout=120)
    assert whole_takes(fresh) == (62, 62)

    (built,) = (audio_of(fresh) / "releases").iterdir()
    assert digest(built) == zip_sha256


def test_a_build_whose_zip_is_lost_gets_the_same_bytes_there(studio, backup_file, fresh, tmp_path):
    (zip_sha256,) = read(studio, "select zip_sha256 from packs_build")[0]
    fresh.manage("restore", str(backup_file))
    (built,) = (audio_of(fresh) / "releases").iterdir()
    built.unlink()
    fresh.manage(*PACK, "--out", str(tmp_path / "out"))
    assert digest(built) == zip_sha256
    (handed,) = Path(tmp_path / "out").iterdir()
    assert zipfile.is_zipfile(handed) and digest(handed) == zip_sha256
