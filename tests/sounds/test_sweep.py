"""What nobody owns goes; what anybody owns, or may own in a moment, stays."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from django.db import DatabaseError
from django_q.signals import post_spawn

from jobs.models import Job, NewJob
from jobs.presence import Presence
from sounds import sweep
from sounds.models import Sound
from sounds.models.sound import folder_of
from tests.support.briefs import a_brief

pytestmark = pytest.mark.django_db


def a_folder(uuid_: uuid.UUID | None = None) -> Path:
    folder = folder_of(uuid_ or uuid.uuid4())
    folder.mkdir(parents=True)
    (folder / "sound.wav").write_bytes(b"sound")
    return folder


def a_sound() -> Sound:
    brief = a_brief()
    return Sound.objects.create(
        uuid=uuid.uuid4(), brief=brief.as_dict(), fingerprint=brief.fingerprint, engine="steady",
        engine_version="1", seed=1, duration_s=1, loudness_lufs=-18, intended_lufs=-18, gain_db=0,
        true_peak_dbtp=-2, quality=90,
    )  # fmt: skip


def a_running_job() -> Job:
    Job.objects.submit([NewJob(kind="test", lane="procedural")], wake=False)
    return Job.objects.claim("somebody")


def test_a_folder_that_nobody_owns_is_removed_with_what_is_in_it():
    orphan = a_folder()
    assert sweep.sweep_orphans() == 1
    assert not orphan.exists()


def test_what_is_older_than_the_database_is_somebody_elses_and_stays(caplog):
    """The data folder's disk was not there when the studio started, so it began a new database."""
    theirs = a_folder()
    os.utime(theirs, (1_500_000_000, 1_500_000_000))
    orphan = a_folder()
    assert sweep.sweep_orphans() == 1
    assert theirs.exists() and not orphan.exists()
    assert "older than the database" in caplog.text


def test_a_sound_keeps_its_folder():
    folder = a_folder(a_sound().uuid)
    assert sweep.sweep_orphans() == 0
    assert folder.exists()


def test_a_running_attempt_keeps_its_folder_until_it_is_lost():
    job = a_running_job()
    folder = a_folder(job.attempt_uuid)
    assert sweep.sweep_orphans() == 0
    job.interrupt()
    assert sweep.sweep_orphans() == 1
    assert not folder.exists()


def test_an_earlier_attempt_of_a_running_job_keeps_nothing():
    first = a_running_job()
    first.interrupt()
    second = Job.objects.claim("somebody else")
    lost, held = a_folder(first.attempt_uuid), a_folder(second.attempt_uuid)
    assert sweep.sweep_orphans() == 1
    assert held.exists() and not lost.exists()


def test_a_job_that_begins_or_ends_meanwhile_keeps_its_folder(monkeypatch):
    """It ends right after the running attempts were asked for: the sounds are asked for later."""
    attempts = sweep._attempts

    def ended_since() -> set[str]:
        before = attempts()
        sound.save()
        return before

    sound = a_sound()
    folder = a_folder(sound.uuid)
    sound.delete()
    monkeypatch.setattr(sweep, "_attempts", ended_since)
    assert sweep.sweep_orphans() == 0
    assert folder.exists()


def test_what_people_put_beside_the_sounds_stays(settings):
    generated = settings.AUDIO_OUTPUT_DIR / "generated"
    for name in ("ab/notes", "lost+found", "zz", f"keep/{uuid.uuid4()}"):
        (generated / name).mkdir(parents=True)
    assert sweep.sweep_orphans() == 0
    assert (generated / "ab" / "notes").exists()


def test_without_an_audio_folder_there_is_nothing_to_sweep():
    assert sweep.sweep_orphans() == 0


def test_many_folders_take_no_more_queries_than_few(django_assert_max_num_queries):
    for number in range(60):
        a_folder(uuid.UUID(int=(0xAB << 120) + number))
    with django_assert_max_num_queries(4):
        assert sweep.sweep_orphans() == 60


def test_a_worker_that_starts_sweeps():
    orphan = a_folder()
    post_spawn.send(sender="django_q", proc_name="test")
    assert not orphan.exists()


def test_one_worker_sweeps_at_a_time(settings):
    orphan = a_folder()
    presence = Presence(settings.RUN_DIR, "sweep")
    sweep.on_worker_start()
    assert orphan.exists()
    presence.close()
    sweep.on_worker_start()
    assert not orphan.exists()


def test_no_worker_fails_to_start_because_it_could_not_sweep(monkeypatch):
    def fails():
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(sweep, "sweep_orphans", fails)
    sweep.on_worker_start()
