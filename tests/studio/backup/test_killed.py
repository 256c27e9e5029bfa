"""kill -9 at any moment: no half of a backup under its name, and the old studio or the new one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys

import pytest

from tests.studio.backup.support import audio_of, files_of, read, whole_takes
from tests.support.studio import ROOT, Studio, about_sqlite

pytestmark = about_sqlite

BACK_UP = """
import os, signal, sys
import django; django.setup()
from pathlib import Path
from studio.backup.write import back_up

def tick(fraction, message):
    if fraction >= float(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

back_up(Path(sys.argv[1]), tick=tick)
"""
RESTORE = """
import os, signal, sys
import django; django.setup()
from pathlib import Path
from studio.backup import swap
from studio.backup.restore import restore

left = int(sys.argv[2])

def dying(real):
    def step(*args, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **more)
    return step

# The process dies in front of the step that is one too many: of writing the journal, renaming, tidying up.
os.replace = dying(os.replace)
Path.rename, Path.unlink = dying(Path.rename), dying(Path.unlink)
restore(Path(sys.argv[1]), replace=True, tick=lambda fraction, message: None)
print("restored")
"""


def killed(studio: Studio, code: str, *args: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=ROOT, env=studio.environment, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done


@pytest.mark.parametrize("fraction", ["0", "0.2", "0.6", "0.9"])
def test_a_killed_backup_has_no_name_and_the_next_one_tidies_up(studio, tmp_path, fraction):
    folder = tmp_path / "nas"
    folder.mkdir()
    killed(studio, BACK_UP, str(folder), fraction)
    assert not list(folder.glob("*.zip"))
    assert bool(list(folder.glob("*.partial"))) == (fraction != "0")
    studio.manage("backup", str(folder))
    (only,) = folder.iterdir()
    assert only.suffix == ".zip"
    assert not (studio.data / "backup.sqlite3").exists()


@pytest.mark.slow
@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_a_restore_that_is_killed_leaves_the_old_studio_or_the_new_one(studio, backup_file, tmp_path, stride):
    """At its steps in turn, until one restore gets through all of them."""
    studio.python(
        "from tests.support.briefs import submit\nfrom jobs.run import drain\nsubmit(['more'])\ndrain()"
    )
    old, new = (3, files_of(audio_of(studio))), None
    outcomes = []
    for steps in range(0, 60, stride):
        data = tmp_path / f"killed-{steps}"
        shutil.copytree(studio.data, data, ignore=shutil.ignore_patterns("run"))
        one = Studio(data)
        done = subprocess.run(
            [sys.executable, "-c", RESTORE, str(backup_file), str(steps)],
            cwd=ROOT, env=one.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        takes, whole = whole_takes(one)  # the next start, whatever it is
        assert whole == takes and not (data / "restoring.json").exists()
        assert read(one, "pragma integrity_check") == [("ok",)]
        found = takes, files_of(audio_of(one))
        if found != old:
            new = new or found
            assert takes == 2 and found == new
            (aside,) = audio_of(one).glob("replaced-*")
            assert files_of(aside) == old[1]
            assert not (data / "restoring").exists() and not (audio_of(one) / "restoring-audio").exists()
        outcomes.append("old" if found == old else "new")
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "restored\n"
    assert outcomes == sorted(outcomes, reverse=True)  # once it is the new one, it stays so
    assert outcomes.count("new") >= 5 / stride and "old" in outcomes


def test_after_a_killed_restore_the_next_one_goes_through(studio, backup_file):
    killed(studio, RESTORE, str(backup_file), "0")
    assert (studio.data / "restoring").is_dir()
    studio.manage("restore", "--replace", str(backup_file))
    assert whole_takes(studio) == (2, 2)
    assert not (studio.data / "restoring").exists()


def test_what_cannot_be_finished_stops_every_start_with_a_sentence(studio):
    """The way is barred by a folder that is not empty."""
    barred = studio.data / "barred"
    (barred / "by").mkdir(parents=True)
    (studio.data / "new").mkdir()
    moves = f'{{"aside": [], "into": [["{studio.data}/new", "{barred}"]], "leftovers": []}}'
    (studio.data / "restoring.json").write_text(moves)
    done = studio.manage("prepare", check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "The restore stopped half-way" in done.stderr and "run the command again" in done.stderr
    (barred / "by").rmdir()
    studio.manage("prepare")
    assert not (studio.data / "restoring.json").exists()
