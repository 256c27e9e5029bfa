"""`manage.py restore`: the studio that was backed up, on whatever machine, or everything as it was."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from jobs.presence import Presence
from tests.studio.backup.support import audio_of, files_of, read, refused, whole_takes, write
from tests.support.ports import free_port
from tests.support.studio import about_sqlite, wait_for

pytestmark = about_sqlite


def rows_of(studio) -> dict[str, list]:
    """Every row, but what each start and the queue write for themselves."""
    tables = [name for (name,) in read(studio, "select name from sqlite_master where type = 'table'")]
    passing = ("django_session", "django_q_ormq", "sqlite_stat1")
    return {
        name: sorted(read(studio, f"select * from {name}"), key=repr)
        for name in tables
        if name not in passing
    }


def backed_up(studio, tmp_path: Path) -> str:
    studio.manage("backup", str(tmp_path / "mine.zip"))
    return str(tmp_path / "mine.zip")


def test_on_another_machine_it_is_the_same_studio(studio, backup_file, fresh):
    done = fresh.manage("restore", str(backup_file))
    assert "Restored 2 sounds, 1 pack and 1 build" in done.stdout
    assert rows_of(fresh) == rows_of(studio)
    assert files_of(audio_of(fresh)) == files_of(audio_of(studio))
    assert whole_takes(fresh) == (2, 2)
    assert sorted(path.name for path in fresh.data.iterdir() if path.suffix != ".sqlite3") == [
        "models",
        "run",
        "static",
    ]
    assert sorted(path.name for path in audio_of(fresh).iterdir()) == ["generated", "releases"]


def test_what_is_made_after_it_follows_what_was_made_before(backup_file, fresh):
    fresh.manage("restore", str(backup_file))
    (last,) = read(fresh, "select max(id) from jobs_job")
    fresh.python(
        "from tests.support.briefs import submit\nfrom jobs.run import drain\nsubmit(['a tone'])\ndrain()"
    )
    assert read(fresh, "select status, id > ? from jobs_job order by id desc limit 1", *last) == [
        ("succeeded", 1)
    ]
    assert whole_takes(fresh) == (3, 3)


def test_a_look_at_it_changes_nothing(backup_file, fresh):
    fresh.data.mkdir()
    done = fresh.manage("restore", "--check", str(backup_file))
    assert "is whole and can be restored here: 2 sounds, 1 pack and 1 build" in done.stdout
    assert not (fresh.data / "studio.sqlite3").exists() and not files_of(audio_of(fresh))


def test_a_studio_of_which_only_the_first_start_was_made_is_empty(prepared_database, backup_file, fresh):
    fresh.data.mkdir()
    shutil.copy(prepared_database, fresh.data)
    fresh.manage("prepare", "--admin")
    done = fresh.manage("restore", str(backup_file))
    assert "What was here before lies in" in done.stdout
    assert read(fresh, "select count(*) from accounts_user") == [(0,)]


def test_work_is_put_aside_only_when_that_is_asked_for_and_nothing_of_it_is_lost(studio, backup_file):
    studio.python(
        "from tests.support.briefs import submit\nfrom jobs.run import drain\nsubmit(['more'])\ndrain()"
    )
    rows, files = rows_of(studio), files_of(audio_of(studio))
    said = refused(studio.manage("restore", str(backup_file), check=False))
    assert "3 sounds, 1 collection, 1 pack" in said and "--replace" in said
    assert (rows_of(studio), files_of(audio_of(studio))) == (rows, files)
    studio.manage("restore", "--replace", str(backup_file))
    assert whole_takes(studio) == (2, 2)
    (aside,) = audio_of(studio).glob("replaced-*")
    assert files_of(aside) == files
    (old,) = studio.data.glob("replaced-*/studio.sqlite3")
    with closing(sqlite3.connect(old)) as database:
        assert database.execute("select count(*) from sounds_sound").fetchone() == (3,)


def test_a_damaged_database_is_what_it_is_for(studio, backup_file):
    (studio.data / "studio.sqlite3").write_bytes(os.urandom(100_000))
    assert "a database that cannot be read" in refused(
        studio.manage("restore", str(backup_file), check=False)
    )
    studio.manage("restore", "--replace", str(backup_file))
    assert whole_takes(studio) == (2, 2)


def test_jobs_that_ran_are_queued_again_whoever_ran_them(studio, tmp_path, fresh):
    write(
        studio,
        "update jobs_job set status = 'running', claimed_by = 'worker-0@another-machine', attempt = 1 "
        "where kind = 'sounds.generate'",
    )
    write(
        studio,
        "insert into django_q_ormq (key, payload, lock) values ('studio', 'signed by another', '2020-01-01')",
    )
    fresh.manage("restore", backed_up(studio, tmp_path))
    assert read(fresh, "select distinct status, claimed_by from jobs_job where kind = 'sounds.generate'") == [
        ("queued", "")
    ]
    assert read(fresh, "select count(*) from django_q_ormq") == [(0,)]
    fresh.worker()
    wait_for(lambda: set(fresh.statuses()) == {"succeeded"})


def test_clean_up_leaves_a_day_to_look_at_takes_that_are_old(studio, fresh, tmp_path):
    """One that was missed would begin with the first worker, and find all of them past their age."""
    studio.manage("prepare")
    write(studio, "update django_q_schedule set next_run = datetime('now', '-30 days', '+2 hours')")
    studio.manage("backup", str(tmp_path / "old.zip"))
    fresh.manage("restore", str(tmp_path / "old.zip"))
    ((hours,),) = read(
        fresh,
        "select 24 * (julianday(next_run) - julianday('now')) from django_q_schedule where name = 'Clean-up'",
    )
    assert hours == pytest.approx(26, abs=0.1), "the first one after a day, at the hour it had"


def test_an_upload_that_waits_for_its_job_comes_along(studio, tmp_path, fresh):
    master = audio_of(studio) / read(studio, "select path from sounds_audiofile where role = 'master'")[0][0]
    studio.python(
        "from pathlib import Path\nfrom jobs.models import Job\nfrom sounds import uploads\n"
        f"kept = uploads.keep_copy(Path({str(master)!r}), 'wav')\n"
        "Job.objects.submit([uploads.take_in_job(kept, title='mine', licence='CC0-1.0')], wake=False)"
    )
    fresh.manage("restore", backed_up(studio, tmp_path))
    fresh.python("from jobs.run import drain\ndrain()")
    assert fresh.statuses()[-1] == "succeeded"
    assert whole_takes(fresh) == (3, 3)


def test_an_older_studio_is_brought_up_to_date(studio, tmp_path, fresh):
    studio.manage("migrate", "sounds", "0003")
    assert "provenance" not in str(read(studio, "select sql from sqlite_master where name = 'sounds_sound'"))
    done = fresh.manage("restore", backed_up(studio, tmp_path))
    assert "Its database was brought up to date." in done.stdout
    assert fresh.manage("migrate", "--check").returncode == 0
    assert whole_takes(fresh) == (2, 2)


def test_a_later_studio_is_refused_in_words(studio, tmp_path, fresh):
    write(
        studio,
        "insert into django_migrations (app, name, applied) values ('sounds', '9999_echo', '2030-01-01')",
    )
    file = backed_up(studio, tmp_path)
    for wish in ([file], ["--check", file]):
        said = refused(fresh.manage("restore", *wish, check=False))
        assert "by a later studio" in said and "update the studio first" in said
    assert not (fresh.data / "studio.sqlite3").exists()


def test_a_database_that_cannot_be_brought_up_to_date_changes_nothing(studio, tmp_path, backup_file):
    """One that says less of its migrations than were made."""
    write(studio, "delete from django_migrations where app = 'sounds' and name > '0003'")
    file = backed_up(studio, tmp_path)
    before = rows_of(studio), files_of(audio_of(studio))
    said = refused(studio.manage("restore", "--replace", file, check=False))
    assert (
        "cannot be made ready (" in said and "already exists" in said and "nothing here was changed" in said
    )
    assert (rows_of(studio), files_of(audio_of(studio))) == before
    assert not list(studio.data.glob("re*")), "nothing is left of it"


def test_a_studio_that_runs_is_refused(studio, backup_file):
    worker = studio.worker()
    said = refused(studio.manage("restore", "--replace", str(backup_file), check=False))
    assert said == "The studio is running (worker); stop it first."
    worker.terminate()
    worker.wait()
    studio.environment["API_PORT"] = str(free_port())
    web = studio.start("manage.py", "web")
    wait_for(lambda: list((studio.data / "run" / "services").glob("web-*")))
    said = refused(studio.manage("restore", "--replace", str(backup_file), check=False))
    assert said == "The studio is running (web); stop it first."
    web.terminate()
    web.wait()
    studio.manage("restore", "--replace", str(backup_file))


def test_nothing_starts_while_a_backup_is_restored(studio):
    presence = Presence(studio.data / "run", "restore")
    try:
        for command in ("web", "worker"):
            assert "A backup is being restored" in refused(studio.manage(command, check=False))
    finally:
        presence.close()


def test_a_link_to_a_disk_that_is_gone_is_put_aside_like_what_lay_there(studio, backup_file, tmp_path):
    generated = audio_of(studio) / "generated"
    shutil.rmtree(generated)
    generated.symlink_to(tmp_path / "unplugged")
    studio.manage("restore", "--replace", str(backup_file))
    assert whole_takes(studio) == (2, 2) and not generated.is_symlink()
    (aside,) = audio_of(studio).glob("replaced-*")
    assert (aside / "generated").readlink() == tmp_path / "unplugged"


def test_what_it_says_of_itself_moves_no_cursor(studio, backup_file, tmp_path):
    with zipfile.ZipFile(backup_file) as good, zipfile.ZipFile(tmp_path / "odd.zip", "w") as odd:
        for name in good.namelist():
            data = good.read(name)
            if name == "backup.json":
                data = json.dumps(
                    json.loads(data) | {"created_at": "\x1b[2J", "studio_version": "\x07"}
                ).encode()
            odd.writestr(name, data)
    done = studio.manage("restore", "--check", str(tmp_path / "odd.zip"))
    assert "of \ufffd[2J, by studio \ufffd." in done.stdout


def test_a_shell_that_has_the_database_open_is_not_cut_off_from_it(studio, backup_file):
    with closing(sqlite3.connect(studio.data / "studio.sqlite3")) as shell:
        shell.execute("pragma journal_mode=wal")
        shell.execute("select count(*) from sounds_sound").fetchone()
        said = refused(studio.manage("restore", "--replace", str(backup_file), check=False))
        assert "has the database" in said and "stop every command and shell" in said
    assert not list(studio.data.glob("replaced-*"))


def test_plain_tools_get_at_it_too(studio, backup_file, tmp_path):
    """For who has no studio any more."""
    with zipfile.ZipFile(backup_file) as archive:
        archive.extractall(tmp_path / "by-hand")
    assert files_of(tmp_path / "by-hand" / "audio") == files_of(audio_of(studio))
    with closing(sqlite3.connect(tmp_path / "by-hand" / "studio.sqlite3")) as database:
        assert database.execute("select count(*) from sounds_sound").fetchone() == (2,)
