"""`manage.py backup`: one file that holds it all, and no half of one."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from django.utils import timezone

from jobs.presence import Presence
from studio.backup.errors import BackupError
from studio.backup.place import place_for, refuse_full
from tests.studio.backup.support import audio_of, digest, files_of, read, refused, write
from tests.support.studio import about_sqlite

pytestmark = about_sqlite


def document_of(path: Path) -> dict:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("backup.json"))


def backups_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def a_master(studio) -> Path:
    return audio_of(studio) / read(studio, "select path from sounds_audiofile where role = 'master'")[0][0]


def test_it_holds_the_database_and_every_file_that_it_names(studio, tmp_path):
    done = studio.manage("backup", str(tmp_path / "mine.zip"))
    assert "2 sounds, 1 pack and 1 build; read again and found whole" in done.stdout
    audio = audio_of(studio)
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist() if name.startswith("audio/")}
    named = {
        path
        for (path,) in read(
            studio, "select path from sounds_audiofile union select zip_path from packs_build"
        )
    }
    assert {name.removeprefix("audio/") for name in held} == named and len(named) > 8
    assert all((audio / name.removeprefix("audio/")).read_bytes() == data for name, data in held.items())
    said = document_of(tmp_path / "mine.zip")
    assert said["counts"]["sounds"] == 2 and not said["missing"] and not said["damaged"]
    assert {file["path"]: file["sha256"] for file in said["files"]} == files_of(audio)


def test_it_is_for_its_owner_alone_and_holds_nobodys_sign_in(studio, tmp_path):
    write(studio, "insert into django_session values ('a-living-key', 'data', '2099-01-01')")
    studio.manage("backup", str(tmp_path / "mine.zip"))
    assert (tmp_path / "mine.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        archive.extract("studio.sqlite3", tmp_path)
        assert not any("secret" in name for name in archive.namelist())
    assert b"a-living-key" not in (tmp_path / "studio.sqlite3").read_bytes()
    with closing(sqlite3.connect(tmp_path / "studio.sqlite3")) as database:
        assert database.execute("select count(*) from django_session").fetchone() == (0,)
        assert database.execute("select count(*) from accounts_user").fetchone() == (0,)


def test_without_a_word_it_goes_into_the_data_folder_and_is_named_after_the_moment(studio):
    done = studio.manage("backup")
    (name,) = backups_in(studio.data / "backups")
    assert name.startswith("ccbell-backup-20") and name.endswith(".zip")
    assert str(studio.data / "backups" / name) in done.stdout
    assert not (studio.data / "backup.sqlite3").exists()


def test_of_the_backups_in_a_folder_only_the_latest_are_kept(studio, tmp_path):
    folder = tmp_path / "nas"
    folder.mkdir()
    others = ["ccbell-backup-20200101-000000.zip.partial.txt", "holidays-20200101-000000.zip"]
    for name in ("ccbell-backup-20240101-000000.zip", "ccbell-backup-20250101-000000.zip", *others):
        (folder / name).touch()
    done = studio.manage("backup", str(folder), "--keep", "2")
    assert "Removed 1 older backup." in done.stdout
    kept = [name for name in backups_in(folder) if name not in others]
    assert kept[0] == "ccbell-backup-20250101-000000.zip" and len(kept) == 2
    assert set(others) < set(backups_in(folder))


def test_a_backup_of_a_time_to_come_does_not_cost_the_one_just_made(studio, tmp_path):
    folder = tmp_path / "nas"
    folder.mkdir()
    for name in ("ccbell-backup-20250101-000000.zip", "ccbell-backup-20991231-000000.zip"):
        (folder / name).touch()
    done = studio.manage("backup", str(folder), "--keep", "1")
    assert "Removed 2 older backups." in done.stdout
    (kept,) = backups_in(folder)
    assert str(folder / kept) in done.stdout and (folder / kept).stat().st_size


def test_a_file_that_is_gone_is_told_and_stops_nothing(studio, tmp_path):
    gone = a_master(studio)
    gone.unlink()
    done = studio.manage("backup", str(tmp_path / "mine.zip"))
    path = str(gone.relative_to(audio_of(studio)))
    assert f"Without 1 file that the database names and that is gone: {path}." in done.stdout
    assert document_of(tmp_path / "mine.zip")["missing"] == [path]


def test_nobody_misses_the_files_of_a_take_that_was_cleaned_up(studio, tmp_path):
    gone = a_master(studio)
    write(studio, "update sounds_sound set cleaned_at = '2026-01-01 00:00:00'")
    gone.unlink()
    done = studio.manage("backup", str(tmp_path / "mine.zip"))
    assert "Without" not in done.stdout
    assert not any(file["path"].endswith("wav") for file in document_of(tmp_path / "mine.zip")["files"])


def test_a_flipped_bit_is_told_by_name_and_no_older_backup_is_removed_for_it(studio, tmp_path):
    folder = tmp_path / "nas"
    folder.mkdir()
    (folder / "ccbell-backup-20240101-000000.zip").touch()
    spoilt = a_master(studio)
    data = bytearray(spoilt.read_bytes())
    data[1000] ^= 1
    spoilt.write_bytes(data)
    done = studio.manage("backup", str(folder), "--keep", "1", check=False)
    assert done.returncode == 1
    assert (
        f"{spoilt.relative_to(audio_of(studio))} of “" in done.stderr
        and "is not what was made" in done.stderr
    )
    old, new = backups_in(folder)
    assert old == "ccbell-backup-20240101-000000.zip"
    with zipfile.ZipFile(folder / new) as archive:
        assert archive.read(f"audio/{spoilt.relative_to(audio_of(studio))}") == data


def test_a_row_that_names_a_file_outside_is_told_and_left_out(studio, tmp_path):
    (tmp_path / "private").write_text("not for a backup")
    write(studio, "update sounds_audiofile set path = '../../private' where role = 'master'")
    done = studio.manage("backup", str(tmp_path / "mine.zip"), check=False)
    assert done.returncode == 1
    assert "“../../private” of “" in done.stderr and "is no place in the audio folder" in done.stderr
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert not any(b"not for a backup" in archive.read(name) for name in archive.namelist())


def test_a_file_larger_than_what_is_read_ahead_comes_whole(studio, tmp_path):
    large = a_master(studio)
    large.write_bytes(os.urandom(3_000_000))
    path = str(large.relative_to(audio_of(studio)))
    write(
        studio, "update sounds_audiofile set bytes = 3000000, sha256 = ? where path = ?", digest(large), path
    )
    studio.manage("backup", str(tmp_path / "mine.zip"))
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.read(f"audio/{path}") == large.read_bytes()


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("there.zip", "is there already, and is not overwritten"),
        ("nowhere/mine.zip", "There is no folder"),
        ("nas-that-is-not-there", "There is no folder .*nas-that-is-not-there; make it, or is its disk"),
        ("there.zip/mine.zip", "There is no folder"),
        ("data/audio/mine.zip", "lies in the audio folder"),
        ("data/audio", "lies in the audio folder"),
        ("link/mine.zip", "lies in the audio folder"),
    ],
)
def test_a_place_that_will_not_do_is_refused(tmp_path, settings, where, sentence):
    settings.AUDIO_OUTPUT_DIR.mkdir(parents=True)
    (tmp_path / "there.zip").touch()
    (tmp_path / "link").symlink_to(settings.AUDIO_OUTPUT_DIR)
    with pytest.raises(BackupError, match=sentence):
        place_for(tmp_path / where, timezone.now())


@pytest.mark.parametrize("wish", [["--keep", "0"], ["mine.zip", "--keep", "3"]])
def test_a_wish_that_keeps_nothing_is_refused(studio, wish):
    assert "--keep" in refused(studio.manage("backup", *wish, check=False))
    assert not (studio.data / "backups").exists()


def test_a_full_disk_leaves_nothing_behind(studio, tmp_path):
    """The system lets the process write files as large as the database and no larger."""
    most = 2 * (studio.data / "studio.sqlite3").stat().st_size
    a_master(studio).write_bytes(os.urandom(2 * most))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    said = refused(studio.manage("backup", str(tmp_path / "mine.zip"), check=False, preexec_fn=limit))
    assert "cannot be written (File too large)" in said
    assert not list(tmp_path.glob("mine*"))


def test_too_little_room_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(BackupError, match=r"has .* free, and 1000000000\.0 GB are needed; make room\."):
        refuse_full({tmp_path: 10**18}, "make room")
    refuse_full({tmp_path: 1}, "make room")


def test_only_one_is_made_at_a_time(studio):
    presence = Presence(studio.data / "run", "backup")
    try:
        assert "Another backup" in refused(studio.manage("backup", check=False))
    finally:
        presence.close()


def test_a_damaged_database_is_no_backup(studio):
    with (studio.data / "studio.sqlite3").open("r+b") as file:
        file.seek(20_000)
        file.write(os.urandom(60_000))
    said = refused(studio.manage("backup", check=False))
    assert "is damaged" in said and "restore the latest backup that is whole" in said
    assert not list((studio.data / "backups").glob("*.zip*"))


def test_without_a_database_there_is_nothing_to_back_up(fresh):
    assert "There is no database" in refused(fresh.manage("backup", check=False))


@pytest.mark.parametrize("command", [["backup"], ["restore", "any.zip"]])
def test_a_database_on_a_server_has_better_ways(studio, command):
    studio.environment["DATABASE_URL"] = "postgres://ada:secret@127.0.0.1:1/studio"
    said = refused(studio.manage(*command, check=False))
    assert "pg_dump" in said and "docs/scaling.md" in said and "secret" not in said


@pytest.mark.parametrize("command", [["backup"], ["restore", "any.zip"]])
def test_files_in_a_bucket_have_better_ways(studio, command):
    studio.environment |= {"AUDIO_STORE": "s3", "AWS_STORAGE_BUCKET_NAME": "sounds"}
    assert "versioning" in refused(studio.manage(*command, check=False))
