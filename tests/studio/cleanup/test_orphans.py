"""Files that no row names go; rows whose files are gone are told about."""

from __future__ import annotations

import os
import shutil
import uuid

import pytest

from packs.models import Build, Pack
from sounds.models import Sound
from sounds.models.sound import folder_of
from studio import cleanup
from tests.studio.cleanup.support import a_slot, a_take, an_old_database, an_old_file, choose, is_clean

pytestmark = pytest.mark.django_db


def test_a_folder_without_a_row_goes():
    orphan = an_old_file(folder_of(uuid.uuid4()) / "sound.wav")
    report = cleanup.run()
    assert not orphan.parent.exists()
    assert report.sentences[0] == "Removed one folder that belonged to no sound (9 bytes)."


def test_a_zip_goes_that_is_of_no_build_and_not_new(settings):
    an_old_database()
    releases = settings.AUDIO_OUTPUT_DIR / "releases"
    orphan, built = an_old_file(releases / "orphan.zip"), an_old_file(releases / "built.zip")
    new, other = an_old_file(releases / "new.zip", hours_ago=0.5), an_old_file(releases / "notes.txt")
    Build.objects.create(
        pack=Pack.objects.create_for(a_slot().collection), version="1.0.0", content_sha256="0" * 64,
        manifest={}, report={}, zip_path="releases/built.zip", zip_sha256="0" * 64, zip_bytes=9,
    )  # fmt: skip
    report = cleanup.run()
    assert not orphan.exists() and built.exists() and new.exists() and other.exists()
    assert "Removed one zip that was of no build (9 bytes)." in report.sentences


def test_beside_a_database_that_is_younger_than_the_files_all_of_them_stay(settings):
    """The data folder's disk was not there when the studio started, so it began a new database."""
    sound = an_old_file(folder_of(uuid.uuid4()) / "sound.wav")
    os.utime(sound.parent, (sound.stat().st_mtime,) * 2)
    build = an_old_file(settings.AUDIO_OUTPUT_DIR / "releases" / "pack.zip")
    (remark,) = cleanup.run().remarks
    assert sound.exists() and build.exists()
    assert "older than the database" in remark and str(settings.DATA_DIR) in remark


def test_a_take_that_nobody_kept_and_whose_files_are_missing_is_marked():
    lost = a_take("lost", hours_ago=2)
    for number in range(3):
        a_take(str(number), hours_ago=2)
    shutil.rmtree(lost.folder)
    report = cleanup.run()
    assert is_clean(lost) and Sound.objects.filter(cleaned_at=None).count() == 3
    assert report.remarks == ["The files of 1 take that nobody kept were missing; pages say so."]


def test_a_take_that_somebody_keeps_and_whose_files_are_missing_is_named():
    slot = a_slot()
    lost = a_take("lost", slot=slot)
    choose(slot, lost)
    for number in range(3):
        a_take(str(number), hours_ago=2)
    lost.file("wav").location.unlink()
    (remark,) = cleanup.run().remarks
    assert f"“lost” ({lost.uuid})" in remark and "Restore a backup" in remark
    lost.refresh_from_db()
    assert lost.cleaned_at is None and lost.files.exists()


def test_where_most_files_are_missing_nothing_is_marked(settings, tmp_path):
    takes = [a_take(str(number), hours_ago=2) for number in range(4)]
    settings.AUDIO_OUTPUT_DIR.rename(tmp_path / "unplugged")
    settings.AUDIO_OUTPUT_DIR.mkdir()
    (remark,) = cleanup.run().remarks
    assert "is the disk with" in remark
    settings.AUDIO_OUTPUT_DIR.rmdir()
    (tmp_path / "unplugged").rename(settings.AUDIO_OUTPUT_DIR)
    cleanup.run()
    assert not any(is_clean(take) for take in takes)


def test_a_clean_studio_says_so():
    a_take(hours_ago=1)
    assert cleanup.run().sentences == ["Nothing is to be cleaned up."]
