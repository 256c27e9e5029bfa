"""Cleaning up from cron, from the queue, and by the clock."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from jobs import worker
from jobs.errors import JobCancelled
from jobs.models import Job, Status
from jobs.run import drain
from studio import cleanup
from studio.cleanup import schedule
from studio.handlers import CLEAN_UP
from studio.hold import cleaning, cleanup_held
from tests.studio.cleanup.support import a_take, an_old_file, is_clean
from tests.support.library import signed_in, somebody
from tests.support.studio import Studio, wait_for


@pytest.mark.django_db
class TestCommand:
    def test_it_says_what_it_freed(self, capsys):
        take = a_take()
        call_command("cleanup", "--dry-run")
        assert "Would remove the files of one take" in capsys.readouterr().out and not is_clean(take)
        call_command("cleanup")
        said = capsys.readouterr().out
        assert "Removed the files of one take that nobody kept (" in said and "free again" in said
        assert is_clean(take)

    def test_programs_get_it_as_json(self, capsys):
        a_take()
        call_command("cleanup", "--dry-run", "--json")
        told = json.loads(capsys.readouterr().out)
        assert told["dry_run"] and told["bytes"] == told["freed"][0]["bytes"] > 0
        assert told["freed"][0]["number"] == 1

    def test_what_cannot_be_removed_is_named_and_ends_with_1(self, capsys, tmp_path):
        stuck = a_take()
        stuck.folder.rename(tmp_path / "elsewhere")
        stuck.folder.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SystemExit) as ended:
            call_command("cleanup")
        assert ended.value.code == 1 and str(stuck.folder) in capsys.readouterr().out

    @pytest.mark.parametrize("holder, said", [(cleanup_held, "A backup is"), (cleaning, "Another clean-up")])
    def test_while_it_is_held_back_it_says_why_and_ends_well(self, capsys, holder, said):
        take = a_take()
        with holder():
            call_command("cleanup")
        assert said in capsys.readouterr().err and not is_clean(take)


@pytest.mark.django_db
class TestJob:
    def test_it_is_seen_in_the_queue_and_tells_what_it_freed(self):
        take = a_take()
        schedule.submit()
        drain()
        job = Job.objects.get()
        assert (job.kind, job.lane, job.status) == (CLEAN_UP, "maintenance", Status.SUCCEEDED)
        assert is_clean(take) and "Removed the files of one take" in job.result["cleaned"][0]
        events = job.events.filter(type="progress")
        assert events.exists(), "people saw it work"
        staff = somebody("boss", is_staff=True, is_superuser=True)
        for page in ("/jobs/", f"/admin/jobs/job/{job.pk}/change/"):
            assert "Removed the files of one take" in signed_in(staff).get(page).content.decode()

    def test_a_second_one_is_not_queued_while_one_waits(self):
        schedule.submit()
        schedule.submit()
        assert Job.objects.count() == 1
        drain()
        schedule.submit()
        assert Job.objects.count() == 2

    def test_cancelled_it_ends_between_two_steps(self, settings):
        take, stray = a_take(), an_old_file(settings.AUDIO_OUTPUT_DIR / "temp" / "stray.wav")
        schedule.submit()
        job = Job.objects.claim(worker.name())

        def told(fraction: float, message: str) -> None:
            if message == "takes":
                job.cancel()
            if job.wants_to_stop():
                raise JobCancelled

        with pytest.raises(JobCancelled):
            cleanup.run(tell=told)
        assert not stray.exists() and not is_clean(take)
        with cleaning():
            pass

    def test_what_it_could_not_remove_fails_the_job_in_words(self, tmp_path):
        stuck = a_take()
        stuck.folder.rename(tmp_path / "elsewhere")
        stuck.folder.symlink_to(tmp_path / "elsewhere")
        schedule.submit()
        drain()
        job = Job.objects.get()
        assert job.status == Status.FAILED and str(stuck.folder) in job.error

    def test_under_a_backup_it_ends_well_and_says_why(self):
        take = a_take()
        schedule.submit()
        with cleanup_held():
            drain()
        job = Job.objects.get()
        assert job.status == Status.SUCCEEDED and "A backup is running" in job.result["cleaned"][0]
        assert not is_clean(take)


@pytest.mark.django_db
class TestSchedule:
    def test_it_is_made_once_for_four_in_the_morning(self):
        schedule.ensure()
        schedule.ensure()
        row = Schedule.objects.get()
        first = timezone.localtime(row.next_run)
        assert (row.schedule_type, first.hour, first.minute) == (Schedule.DAILY, 4, 0)
        assert timedelta(0) < first - timezone.now() <= timedelta(days=1)

    def test_what_an_administrator_makes_of_it_survives(self):
        schedule.ensure()
        Schedule.objects.update(name="at noon", schedule_type=Schedule.WEEKLY, repeats=0)
        schedule.ensure()
        row = Schedule.objects.get()
        assert (row.name, row.schedule_type, row.repeats) == ("at noon", Schedule.WEEKLY, 0)

    def test_administrators_find_it(self):
        schedule.ensure()
        staff = somebody("boss", is_staff=True, is_superuser=True)
        assert schedule.NAME in signed_in(staff).get("/admin/django_q/schedule/").content.decode()


def test_when_its_hour_comes_the_workers_clean_up(studio):
    studio.manage("prepare")
    assert studio.rows("select func from django_q_schedule") == [(schedule.SUBMIT,)]
    stray = an_old_file(studio.data / "audio" / "temp" / "stray.wav")
    studio.python(
        "from django_q.models import Schedule\n"
        "from django_q.scheduler import scheduler\n"
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "Schedule.objects.update(next_run=timezone.now() - timedelta(days=3))\n"
        "scheduler()  # the workers' sentinel calls it every half minute"
    )
    studio.worker()
    wait_for(lambda: studio.rows("select status from jobs_job") == [("succeeded",)])
    assert not stray.exists()
    ((after,),) = studio.rows("select next_run > current_timestamp from django_q_schedule")
    assert after, "three days that were missed are made up for once"


def test_a_killed_clean_up_leaves_nothing_that_the_next_does_not_finish(studio):
    stray = an_old_file(studio.data / "audio" / "temp" / "stray.wav")
    killed = studio.start(
        "-c",
        "import django; django.setup()\n"
        "from studio import cleanup\n"
        "import os, signal\n"
        "cleanup.run(tell=lambda fraction, message: os.kill(os.getpid(), signal.SIGKILL))",
    )
    assert killed.wait() == -9 and stray.exists()
    assert "Removed one temporary file" in studio.manage("cleanup").stdout
    assert not stray.exists()


def test_a_database_that_is_not_prepared_is_one_sentence(tmp_path):
    ended = Studio(tmp_path).manage("cleanup", check=False)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
    assert "The database is not prepared; run:" in ended.stderr
