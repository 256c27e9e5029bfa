"""What was to be there for a moment goes when nobody comes back for it."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job, NewJob
from jobs.presence import Presence
from sounds import uploads
from studio import cleanup
from tests.studio.cleanup.support import a_take, an_old_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def temp(settings):
    return settings.AUDIO_OUTPUT_DIR / "temp"


def a_job(**payload) -> Job:
    return Job.objects.submit(
        [NewJob(kind="test", lane="procedural", payload=payload)], wake=False
    ).jobs.get()


def test_old_files_go_with_their_folders_and_young_ones_stay(temp):
    old = [an_old_file(temp / name) for name in ("a.wav", "export-x/pack.zip", "ccbell-pack-y/sounds/b.wav")]
    young = an_old_file(temp / "export-z" / "pack.zip", hours_ago=1)
    report = cleanup.run()
    assert not any(path.exists() for path in old) and young.exists()
    assert [path.name for path in temp.iterdir()] == ["export-z"]
    assert report.sentences[0] == "Removed 3 temporary files (27 bytes)."


def test_an_upload_waits_as_long_as_its_job(temp):
    kept = an_old_file(uploads.folder() / "a.wav")
    job = a_job(file="a.wav")
    cleanup.run()
    assert kept.exists()
    job.cancel()
    cleanup.run()
    assert kept.exists(), "it may be tried again"
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    cleanup.run()
    assert not kept.exists() and uploads.folder().is_dir()


def test_what_a_running_attempt_writes_stays(temp):
    a_job()
    job = Job.objects.claim("somebody")
    mine, other = an_old_file(temp / f"{job.attempt_uuid}.zip"), an_old_file(temp / f"{uuid.uuid4()}.zip")
    cleanup.run()
    assert mine.exists() and not other.exists()


def test_temporary_files_go_although_takes_are_kept_for_ever(settings, temp):
    settings.AUDIO_RETENTION_HOURS = 0
    old = an_old_file(temp / "a.wav")
    cleanup.run()
    assert not old.exists()


def test_a_folder_that_somebody_linked_to_another_disk_stays(settings, tmp_path):
    uploads = settings.AUDIO_OUTPUT_DIR / "temp" / "uploads"
    uploads.parent.mkdir(parents=True)
    uploads.symlink_to(tmp_path)
    os.utime(uploads, (1_500_000_000,) * 2, follow_symlinks=False)
    cleanup.run()
    assert uploads.is_symlink()


def test_half_written_files_beside_those_of_a_take_go(settings):
    take = a_take(hours_ago=1)
    half = an_old_file(take.folder / ".sound.mp3.0123456789ab.tmp")
    of_a_zip = an_old_file(settings.AUDIO_OUTPUT_DIR / "releases" / ".a.zip.0123456789ab.tmp")
    cleanup.run()
    assert not half.exists() and not of_a_zip.exists() and take.is_whole


def test_a_dry_run_counts_and_leaves_everything(temp):
    old = an_old_file(temp / "export-x" / "pack.zip")
    assert cleanup.run(dry_run=True).sentences[0] == "Would remove one temporary file (9 bytes)."
    assert old.exists()


def test_a_download_that_nobody_took_up_for_a_week_goes(settings):
    blobs = settings.MODEL_CACHE_DIR / "models--a--b" / "blobs"
    old = an_old_file(blobs / "abc.incomplete", hours_ago=8 * 24)
    young = an_old_file(blobs / "def.incomplete", hours_ago=6 * 24)
    whole = an_old_file(blobs / "fed", hours_ago=80 * 24)
    assert cleanup.run().sentences[0] == "Removed one broken-off download of a model (9 bytes)."
    assert not old.exists() and young.exists() and whole.exists()


def test_locks_of_the_dead_go_and_those_of_the_living_stay(settings):
    dead = an_old_file(settings.RUN_DIR / "workers" / "worker-dead.lock")
    living = Presence(settings.RUN_DIR / "workers", "worker-living")
    cleanup.run()
    assert not dead.exists() and living.path.exists()
    living.close()
