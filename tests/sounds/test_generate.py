"""A job makes a Sound: the real queue, the real host, real files."""

from __future__ import annotations

import errno

import pytest

from jobs.models import Job, Status
from jobs.run import finish
from sounds import hosts
from sounds.models import AudioFile, Collection, Slot, Sound
from sounds.search import matching
from tests.support.briefs import a_brief, submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plugin(monkeypatch):
    from tests.support.studio import PLUGIN

    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))


def run(*prompts: str, **options) -> list[Job]:
    batch = submit(prompts, wake=False, **options)
    finish(batch, tick=lambda: None)
    return list(batch.jobs.order_by("id"))


def test_a_sound_has_its_measures_its_files_and_its_brief():
    (job,) = run("a tone")
    sound = Sound.objects.get()
    assert sound.job == job and job.result == {"sound": str(sound.uuid)}
    assert sound.plan() == a_brief("a tone", seed=0)
    assert sound.fingerprint == sound.plan().fingerprint
    assert list(matching(Sound.objects.all(), "tone steady")) == [sound]
    assert sound.duration_s == 0.5 and abs(sound.loudness_lufs + 18) < 1 and sound.true_peak_dbtp <= -1
    roles = set(sound.files.values_list("role", "format"))
    assert roles == {("master", "wav"), ("picture", "json"), ("picture", "png")}
    for file in sound.files.all():
        assert file.location.stat().st_size == file.bytes


def test_the_files_lie_under_the_uuid_of_the_attempt():
    (job,) = run("a tone")
    assert Sound.objects.get().uuid == job.attempt_uuid
    assert Sound.objects.get().folder.is_dir()


def test_a_crash_of_the_host_is_tried_again_and_leaves_no_files_of_the_first_try(tmp_path, settings):
    (job,) = run(f"crash once in {tmp_path / 'marker'}")
    assert (job.status, job.crashes, job.attempt) == (Status.SUCCEEDED, 1, 2)
    generated = settings.AUDIO_OUTPUT_DIR / "generated"
    assert [path.name for path in generated.glob("*/*")] == [str(job.attempt_uuid)]


def test_a_job_that_always_kills_its_host_fails_and_the_next_one_runs():
    bad, good = run("crash", "a tone")
    assert (bad.status, bad.crashes) == (Status.FAILED, 2)
    assert "SIGSEGV" in bad.error
    assert good.status == Status.SUCCEEDED


def test_a_hanging_job_is_ended_at_its_deadline(settings):
    settings.JOB_DEADLINE_S = 2
    bad, good = run("hang", "a tone")
    assert bad.status == Status.FAILED and "in time" in bad.error
    assert good.status == Status.SUCCEEDED


def test_a_running_job_is_cancelled_at_the_next_step(monkeypatch):
    from jobs.run import JobRun

    progress = JobRun.progress

    def cancel_at_step_3(self, fraction, message="", **options):
        if "step 3" in message:
            Job.objects.get(pk=self.job.pk).cancel()
        progress(self, fraction, message, **options)

    monkeypatch.setattr(JobRun, "progress", cancel_at_step_3)
    stopped, other = run("slow", "a tone")
    assert stopped.status == Status.CANCELLED
    assert other.status == Status.SUCCEEDED
    assert Sound.objects.count() == 1


def test_a_full_disk_fails_the_job_in_words_and_leaves_nothing(monkeypatch, settings):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(hosts.host_of("steady"), "ask", full)
    (job,) = run("a tone")
    assert job.error == "The disk is full; free some space and retry the job."
    assert not Sound.objects.exists() and not list(settings.AUDIO_OUTPUT_DIR.glob("generated/*/*"))


def test_the_first_take_of_a_slot_is_chosen_when_asked_for_and_a_locked_slot_keeps_its_own():
    slot = Slot.objects.create(collection=Collection.objects.create(title="Mine"), key="task_complete")
    job = submit(["a tone"], wake=False).jobs.get()
    Job.objects.filter(pk=job.pk).update(payload=job.payload | {"slot": slot.pk, "choose": True})
    finish(job.batch, tick=lambda: None)
    slot.refresh_from_db()
    first = slot.chosen
    assert first == Sound.objects.get() and first.take_no == 1
    Slot.objects.update(locked=True)
    again = submit(["another"], wake=False).jobs.get()
    Job.objects.filter(pk=again.pk).update(payload=again.payload | {"slot": slot.pk, "choose": True})
    finish(again.batch, tick=lambda: None)
    slot.refresh_from_db()
    assert slot.chosen == first and slot.takes.count() == 2


def test_deleting_a_sound_takes_its_files_along():
    run("a tone")
    sound = Sound.objects.get()
    folder = sound.folder
    sound.discard()
    assert not folder.exists() and not AudioFile.objects.exists()


def test_the_same_brief_gives_the_same_bytes_in_another_host():
    run("a tone")
    hosts.close_all()
    run("a tone")
    digests = {tuple(s.files.order_by("format").values_list("sha256")) for s in Sound.objects.all()}
    assert len(digests) == 1
