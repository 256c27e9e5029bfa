"""Machines that share a database: who is there, whose jobs are whose, and what each may take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from jobs import heartbeat, machine, reaper, worker
from jobs.heartbeat import Heartbeat
from jobs.models import Job, Machine, NewJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shared(settings) -> None:
    """The database is one that other machines reach too."""
    settings.IS_SHARED = True
    settings.JOB_LANES = {"neural": 1, "procedural": 2, "network": 1, "maintenance": 1}
    settings.DATA_DIR.mkdir(exist_ok=True)


def seen(name: str, seconds_ago: float, **more) -> Machine:
    return Machine.objects.create(name=name, seen_at=Now() - timedelta(seconds=seconds_ago), **more)


def submit(*lanes: str) -> None:
    Job.objects.submit([NewJob(kind="test", lane=lane) for lane in lanes], wake=False)


def claimed_elsewhere(lane: str) -> Job:
    submit(lane)
    job = Job.objects.latest("pk")
    assert job.start("worker-1@other-12345678")
    return job


def test_a_machine_keeps_its_name_and_another_data_folder_is_another_machine(settings, tmp_path):
    mine = machine.name()
    machine._name.cache_clear()
    assert machine.name() == mine
    settings.DATA_DIR = tmp_path
    assert machine.name() != mine


def test_names_fit_into_their_columns(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "Überlanger.Rechnername." * 8)
    machine._name.cache_clear()
    assert len(machine.name()) <= Machine._meta.get_field("name").max_length
    assert len(worker.name()) <= Job._meta.get_field("claimed_by").max_length
    machine._name.cache_clear()


def test_who_beats_is_there_and_offers_its_lanes(settings):
    settings.WORKER_LANES = ["procedural", "network"]
    worker.name()
    Machine.objects.beat()
    Machine.objects.beat()
    (here,) = Machine.objects.present()
    assert (here.name, here.workers, here.places) == (machine.name(), 1, {"procedural": 2})


def test_who_was_not_seen_for_long_is_struck_off_but_never_oneself():
    Machine.objects.beat()
    seen("silent", 31)
    seen("quiet", 20)
    Machine.objects.filter(name=machine.name()).update(seen_at=Now() - timedelta(hours=1))
    assert Machine.objects.strike_off() == ["silent"]
    assert set(Machine.objects.values_list("name", flat=True)) == {"quiet", machine.name()}


def test_nobody_is_struck_off_before_all_could_say_that_they_are_there(monkeypatch):
    seen("silent", 60)
    beating = Heartbeat()
    beating.beat()
    assert Machine.objects.filter(name="silent").exists(), "the database was away for everybody perhaps"
    later = heartbeat.time.monotonic() + heartbeat.GRACE_S
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: later)
    beating.beat()
    assert not Machine.objects.filter(name="silent").exists()


def test_the_jobs_of_a_machine_are_its_own_while_it_is_there():
    job = claimed_elsewhere("procedural")
    row = seen("other-12345678", 0)
    assert reaper.reap() == 0
    row.delete()
    assert reaper.reap() == 1
    job.refresh_from_db()
    assert (job.status, job.interruptions, job.crashes) == ("queued", 1, 0)


def test_a_worker_of_this_machine_is_told_by_its_file_and_not_by_its_machine():
    Machine.objects.beat()
    assert worker.is_alive(worker.name())
    gone = worker.name()
    worker.give_up()
    assert not worker.is_alive(gone)


def test_limits_of_a_machine_leave_out_the_others_and_those_of_all_do_not():
    seen("other-12345678", 0)
    for lane in ("procedural", "procedural", "neural", "network"):
        claimed_elsewhere(lane)
    submit("procedural", "procedural", "procedural", "neural", "network", "maintenance")
    here = [job.lane for number in range(6) if (job := Job.objects.claim(f"w{number}@{machine.name()}"))]
    assert sorted(here) == ["maintenance", "neural", "procedural", "procedural"]


def test_a_lane_that_a_machine_is_not_for_is_left_to_others(settings):
    settings.WORKER_LANES = ["procedural"]
    submit("neural", "procedural")
    assert Job.objects.claim(worker.name()).lane == "procedural"
    assert Job.objects.claim(worker.name()) is None
    assert not Job.objects.claimable().exists()


def test_places_of_all_machines_add_up(settings, monkeypatch):
    monkeypatch.setattr("jobs.models.machine.REMEMBERED_S", -1)
    assert Machine.objects.places() == settings.JOB_LANES, "as it will be when this machine works"
    seen("a", 0, places={"procedural": 4}, workers=4)
    seen("b", 5, places={"procedural": 2, "neural": 1}, workers=2)
    seen("gone", 60, places={"procedural": 8}, workers=8)
    assert Machine.objects.places() == {"neural": 1, "procedural": 6, "network": 1, "maintenance": 1}
    assert Machine.objects.workers() == 6


def test_on_a_database_of_its_own_a_machine_writes_nothing_down(settings):
    settings.IS_SHARED = False
    with CaptureQueriesContext(connection) as queries:
        Heartbeat().beat()
        with heartbeat.beating():
            pass
        assert Machine.objects.places() == settings.JOB_LANES and Machine.objects.workers() == 0
    assert not queries.captured_queries
    assert "@" not in worker.name()
