"""A group of jobs in one host: each is made, fails and is cancelled by itself."""

from __future__ import annotations

import pytest

from jobs.models import Job, Status
from jobs.run import finish
from sounds.models import EngineFault, Sound
from tests.support.briefs import submit
from tests.support.studio import PLUGIN

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plugin(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))


def run_together(*prompts: str, tick=lambda: None) -> list[Job]:
    batch = submit(prompts, engine="solo", lane="neural", group="solo", wake=False)
    finish(batch, tick=tick)
    return list(batch.jobs.order_by("id"))


def statuses(jobs: list[Job]) -> list[str]:
    return [job.status for job in jobs]


def test_all_are_claimed_at_once_and_each_becomes_a_sound():
    jobs = run_together("one", "two", "three")
    assert statuses(jobs) == ["succeeded"] * 3
    assert max(job.started_at for job in jobs) < min(job.finished_at for job in jobs)
    assert {str(sound.uuid) for sound in Sound.objects.all()} == {job.result["sound"] for job in jobs}


def test_one_that_fails_says_why_and_the_others_are_made():
    good, bad, also_good = run_together("one", "fault", "three")
    assert statuses([good, bad, also_good]) == ["succeeded", "failed", "succeeded"]
    assert "this one only" in bad.error


def test_what_the_engine_remarks_on_a_sound_stays_with_its_job():
    plain, noted = run_together("one", "note")
    assert noted.result["notes"] == ["This was made in another way."]
    assert "notes" not in plain.result


def test_one_that_is_cancelled_ends_at_once_and_only_that_one(settings):
    seen = []

    def cancel_the_second():
        running = list(Job.objects.order_by("id"))
        if running[0].progress > 0.1 and not seen:
            seen.append(running[1].cancel())
        if seen and not seen[1:] and running[1].status == Status.CANCELLED:
            seen.append(running[0].status)

    jobs = run_together("slow", "slow", "three", tick=cancel_the_second)
    assert statuses(jobs) == ["succeeded", "cancelled", "succeeded"]
    assert seen == [True, Status.RUNNING], "it did not wait for the first one"
    folders = settings.AUDIO_OUTPUT_DIR.glob("generated/*/*")
    assert {path.name for path in folders} == {job.result["sound"] for job in jobs if job.result}


def test_when_all_are_cancelled_the_host_stops_and_goes_on_with_the_next():
    def cancel_all():
        if Job.objects.filter(progress__gt=0.1, status=Status.RUNNING).exists():
            for job in Job.objects.all():
                job.cancel()

    assert statuses(run_together("slow", "slow", tick=cancel_all)) == ["cancelled"] * 2
    assert not Sound.objects.exists()
    assert statuses(run_together("one")) == ["succeeded"]


def test_a_crash_counts_against_what_had_begun_and_spares_the_rest(tmp_path):
    first, guilty, behind = run_together("one", "begin and crash", "three")
    assert statuses([first, guilty, behind]) == ["succeeded", "failed", "succeeded"]
    assert (first.crashes, guilty.crashes, behind.crashes) == (0, 2, 0)
    assert behind.interruptions == 1
    fault = EngineFault.objects.first()
    assert fault.engine == "solo" and "SIGSEGV" in fault.sentence


def test_a_job_whose_brief_cannot_be_read_does_not_take_others_along():
    batch = submit(["one", "two"], engine="solo", lane="neural", group="solo", wake=False)
    spoiled = batch.jobs.order_by("id").first()
    spoiled.payload["brief"]["colour"] = "red"
    spoiled.save()
    finish(batch, tick=lambda: None)
    assert statuses(list(batch.jobs.order_by("id"))) == ["failed", "succeeded"]


def test_two_wishes_for_the_same_sound_are_made_once():
    batch = submit(["one", "one"], engine="solo", lane="neural", group="solo", wake=False)
    for job in batch.jobs.all():
        brief = job.payload["brief"] | {"seed": 5}
        Job.objects.filter(pk=job.pk).update(payload={"brief": brief, "formats": []})
    finish(batch, tick=lambda: None)
    first, second = batch.jobs.order_by("id")
    assert first.result == second.result and Sound.objects.count() == 1


def test_each_job_gets_the_formats_it_asked_for():
    batch = submit(["one", "two"], engine="solo", lane="neural", group="solo", wake=False)
    job = batch.jobs.order_by("id").last()
    Job.objects.filter(pk=job.pk).update(payload=job.payload | {"formats": ["wav", "flac"]})
    finish(batch, tick=lambda: None)
    formats = [set(sound.files.values_list("format", flat=True)) for sound in Sound.objects.order_by("id")]
    assert "flac" not in formats[0] and "flac" in formats[1]


def test_a_report_that_cannot_be_written_down_stops_nothing(monkeypatch):
    from django.db import OperationalError

    report, broken = Job.report, []

    def breaks_once(self, *args):
        if not broken:
            broken.append(self)
            raise OperationalError("database is locked")
        report(self, *args)

    monkeypatch.setattr(Job, "report", breaks_once)
    assert statuses(run_together("slow", "two", "three")) == ["succeeded"] * 3
    assert broken


def test_a_worker_that_is_to_leave_finishes_what_has_begun_and_gives_back_the_rest(monkeypatch):
    from jobs import stopping

    wanted = []
    monkeypatch.setattr(stopping, "_asked", lambda: bool(wanted))

    def ask_to_leave():
        if Job.objects.filter(status=Status.RUNNING, progress__gt=0.1).exists():
            wanted.append(True)
        if Job.objects.filter(status=Status.SUCCEEDED).exists():
            wanted.clear()

    first, second, third = run_together("slow", "two", "three", tick=ask_to_leave)
    assert [first.interruptions, second.interruptions, third.interruptions] == [0, 1, 1]
    assert statuses([first, second, third]) == ["succeeded"] * 3
