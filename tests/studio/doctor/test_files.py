"""Room, rights and owners, on the real disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from accounts.models import User
from sounds.models import AudioFile
from studio.doctor import files
from studio.doctor.finding import State
from tests.studio.doctor.support import named, only
from tests.support.library import a_sound


@pytest.fixture(autouse=True)
def folders(settings) -> None:
    settings.AUDIO_OUTPUT_DIR.mkdir(parents=True)
    settings.ENV_FILE = None


def test_one_disk_is_told_once():
    assert only(files.room()).state is State.OK


def test_a_disk_that_gets_full_is_told_before_it_is(monkeypatch):
    monkeypatch.setattr(files, "SOON_FULL_BYTES", 10**18)
    assert only(files.room()).state is State.WARN
    monkeypatch.setattr(files, "LEAST_FREE_BYTES", 10**18)
    full = only(files.room())
    assert full.state is State.FAIL and "make room" in full.todo


def test_a_disk_that_is_not_there_is_told(settings):
    settings.AUDIO_OUTPUT_DIR = Path("/nowhere/audio")
    assert named(files.room(), "audio disk").state is State.FAIL


@pytest.mark.django_db
def test_what_there_is_says_for_how_many_more_there_is_room():
    assert only(files.audio()).fact == "no sounds yet"
    User.objects.create_user("ada")
    for number, size in enumerate((1_000_000, 3_000_000)):
        sound = a_sound(f"tone {number}")
        AudioFile.objects.create(sound=sound, role="master", format="wav", path=f"x{number}.wav", bytes=size)
    told = only(files.audio()).fact
    assert told.startswith("2 sounds take 4.0 MB; room for about ") and told[-1].isdigit()


def test_a_folder_that_cannot_be_written_is_told_with_the_command(settings):
    assert only(files.writable()).state is State.OK
    settings.STATIC_ROOT = Path("/proc/self")  # where not even root may write
    refused = only(files.writable())
    assert refused.state is State.FAIL and "/proc/self cannot be written" in refused.fact and refused.todo


def test_secrets_that_others_can_read_are_told(settings, tmp_path: Path, monkeypatch):
    key = settings.DATA_DIR / "secret_key"
    key.write_text("secret")
    key.chmod(0o600)
    assert only(files.secrets()).state is State.OK
    key.chmod(0o640)
    exposed = only(files.secrets())
    assert exposed.state is State.FAIL and exposed.todo == f"chmod 600 {key}"
    key.chmod(0o600)

    settings.ENV_FILE = tmp_path / ".env"
    settings.ENV_FILE.write_text("API_PORT=8000\n")
    settings.ENV_FILE.chmod(0o644)
    assert only(files.secrets()).state is State.OK, "there is nothing in it to hide"
    settings.ENV_FILE.write_text("export GITHUB_TOKEN=ghp_x\n")
    told = only(files.secrets())
    assert told.state is State.WARN and "ghp_x" not in told.fact and told.todo.startswith("chmod 600")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_files_that_belong_to_somebody_else_are_told(settings):
    assert list(files.owners()) == []
    odd = settings.AUDIO_OUTPUT_DIR / "odd.wav"
    odd.touch()
    os.chown(odd, 64123, -1)
    told = only(files.owners())
    assert told.state is State.FAIL and "1 file" in told.fact and "odd.wav is of user 64123" in told.fact
    assert told.todo == f"sudo chown -R root {settings.DATA_DIR}"
