"""Real workers, real signals."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter

import psutil
import pytest

from tests.support.studio import Studio, wait_for

pytestmark = pytest.mark.slow

CLAIM_ALL = """
from jobs.models import Job
from jobs import worker
while job := Job.objects.claim(worker.name()):
    job.succeed()
    print(job.pk)
"""


def children(process: subprocess.Popen) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def workers(studio: Studio) -> list[psutil.Process]:
    """The processes that hold a worker's lock."""
    names = {path.name for path in (studio.data / "run" / "workers").glob("*.lock")}
    holds = lambda p: any(path.path.rsplit("/", 1)[-1] in names for path in p.open_files())  # noqa: E731
    return [process for process in studio.family() if holds(process)]


def test_submitted_jobs_are_done(studio):
    studio.worker()
    studio.submit("one", "two", "three")
    wait_for(lambda: studio.statuses() == ["succeeded"] * 3)
    assert studio.rows("select count(*) from sounds_sound") == [(3,)]


def test_jobs_that_waited_for_a_worker_are_done_when_one_starts(studio):
    studio.submit("one", "two")
    studio.worker()
    wait_for(lambda: studio.statuses() == ["succeeded"] * 2)


def test_a_job_whose_worker_is_killed_is_done_by_the_next_one(studio):
    studio.worker()
    studio.submit("slow")
    wait_for(lambda: studio.rows("select progress from jobs_job where status = 'running'"))
    name = studio.rows("select claimed_by from jobs_job")[0][0]
    for process in workers(studio):
        if any(name.partition("@")[0] in file.path for file in process.open_files()):
            process.send_signal(signal.SIGKILL)
    wait_for(lambda: studio.statuses() == ["succeeded"])
    assert studio.rows("select interruptions, crashes from jobs_job") == [(1, 0)]
    assert studio.rows("select count(*) from sounds_sound") == [(1,)]


def test_killing_idle_workers_again_and_again_does_not_stop_the_queue(studio):
    """django-q2's idle worker sleeps inside the lock of the task queue."""
    studio.worker()
    for number in range(2):
        for process in workers(studio):
            process.send_signal(signal.SIGKILL)
        wait_for(lambda: len(workers(studio)) == 2)
        studio.submit(f"after {number}")
        wait_for(lambda number=number: studio.statuses() == ["succeeded"] * (number + 1))


def test_killing_the_sentinel_leaves_no_process_behind(studio):
    parent = studio.worker()
    studio.submit("slow")
    wait_for(studio.hosts)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not studio.family(), timeout=3)


def test_killing_every_other_process_of_the_workers_is_survived(studio):
    parent = studio.worker()
    for process in children(parent):
        process.send_signal(signal.SIGKILL)
    time.sleep(1)
    studio.submit("after")
    wait_for(lambda: studio.statuses() == ["succeeded"])


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_the_workers_end_when_asked_to(studio, wish):
    parent = studio.worker()
    parent.send_signal(wish)
    assert parent.wait(timeout=5) == 0
    assert not studio.family()


def test_a_job_left_by_a_killed_command_is_taken_up_by_the_workers(studio):
    studio.worker()
    studio.python(
        "import os\n"
        "from jobs import worker\n"
        "from jobs.models import Job, NewJob\n"
        "Job.objects.submit([NewJob(kind='nothing', lane='procedural')], wake=False)\n"
        "assert Job.objects.claim(worker.name())\n"
        "os._exit(0)"
    )
    wait_for(lambda: studio.statuses() == ["failed"], timeout=15)
    types = [row[0] for row in studio.rows("select type from jobs_event order by id")]
    assert types == ["queued", "running", "interrupted", "running", "failed"]


def test_six_processes_racing_over_many_jobs_claim_each_exactly_once(studio):
    studio.python(
        "from jobs.models import Job, NewJob\n"
        "Job.objects.submit([NewJob(kind='x', lane='procedural') for _ in range(400)], wake=False)"
    )
    racing = Studio(studio.data, WORKER_CONCURRENCY="32")
    code = "import django; django.setup()\n" + CLAIM_ALL
    running = [racing.start("-c", code, stdout=subprocess.PIPE) for _ in range(6)]
    claims = Counter(line for process in running for line in process.communicate()[0].split())
    assert len(claims) == 400
    assert set(claims.values()) == {1}
    assert {process.returncode for process in running} == {0}
    if not studio.server:
        assert studio.rows("pragma integrity_check") == [("ok",)]


def test_work_without_a_wake_up_is_found_although_somebody_writes_all_the_time(studio):
    studio.worker()
    writer = studio.start(
        "-c",
        "import django; django.setup()\n"
        "import time\n"
        "from jobs.models import Batch\n"
        "while True: Batch.objects.create(label='noise'); time.sleep(0.1)",
    )
    studio.python("from tests.support.briefs import submit\nsubmit(['never announced'], wake=False)")
    wait_for(lambda: studio.statuses() == ["succeeded"], timeout=10)
    writer.kill()


def test_lost_wake_ups_are_made_good_again_and_again(studio):
    """Each killed worker takes one along, and leaves its row locked for a long time."""
    studio.worker()
    for number in range(2):
        studio.python("from tests.support.briefs import submit\nsubmit(['unannounced'], wake=False)")
        studio.rows("insert into django_q_ormq (key, payload, lock) values ('studio', 'x', '2999-01-01')")
        wait_for(lambda number=number: studio.statuses() == ["succeeded"] * (number + 1), timeout=10)


def test_workers_that_have_much_to_do_stop_between_two_jobs(studio):
    parent = studio.worker()
    studio.submit(*["slow"] * 20)
    wait_for(lambda: "running" in studio.statuses())
    parent.send_signal(signal.SIGTERM)
    parent.wait(timeout=10)
    assert studio.statuses().count("queued") >= 15
    assert not studio.family()
