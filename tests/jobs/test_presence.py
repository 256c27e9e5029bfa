"""Who lives is told by locks that the kernel drops."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from jobs.presence import Presence, is_present, present

HOLD = """
import pathlib, sys, time
from jobs.presence import Presence
presence = Presence(pathlib.Path(sys.argv[1]), "them")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_holder_is_present_until_it_lets_go(tmp_path):
    presence = Presence(tmp_path, "me")
    presence.write("a longer note at first")
    presence.write("a note")
    assert is_present(tmp_path, "me")
    assert list(present(tmp_path)) == [("me", "a note")]
    presence.close()
    assert not is_present(tmp_path, "me")


def test_kill_minus_nine_ends_the_presence_at_once(tmp_path, holder):
    assert is_present(tmp_path, "them")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert not is_present(tmp_path, "them")
    assert not list(tmp_path.glob("*.lock")), "the dead one's file is swept"


def test_two_processes_never_hold_the_same_name(tmp_path, holder):
    with pytest.raises(FileExistsError):
        Presence(tmp_path, "them")


def test_the_name_of_a_dead_holder_can_be_taken(tmp_path, holder):
    holder.kill()
    holder.wait()
    Presence(tmp_path, "them").close()


def test_nobody_is_present_in_a_folder_that_is_not_there(tmp_path):
    assert not is_present(tmp_path / "none", "me")
    assert list(present(tmp_path / "none")) == []
