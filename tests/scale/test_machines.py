"""Three machines on one database: each job once, each limit held, no machine missed."""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from statistics import median

import psutil
import pytest

from tests.scale.fleet import most_at_once
from tests.support.postgres import Postgres, Server
from tests.support.studio import wait_for

LATENCY = """
import time
from jobs.models import Job, NewJob
for _ in range(20):
    batch = Job.objects.submit([NewJob(kind="test.wait", lane="procedural", payload={"seconds": 0})])
    while not (job := batch.jobs.get()).ended:
        time.sleep(0.005)
    print((job.started_at - job.created_at).total_seconds())
    time.sleep(0.1)
"""
CLAIM_ALL = """
import time
from jobs.models import Job
from jobs import worker
begun = time.time()
while job := Job.objects.claim(worker.name()):
    job.succeed()
    print(job.pk)
print("from", begun, "to", time.time())
"""


def test_each_job_is_done_once_and_all_machines_take_part_within_their_limits(fleet):
    three = fleet()
    three.work()
    three.submit(*["procedural"] * 60, *["neural"] * 9, *["network"] * 4, *["maintenance"] * 4, seconds=0.3)
    three.wait_until_done()
    runs = three.runs()
    assert len(runs) == 77
    assert three.rows("select count(*) from jobs_event where type = 'running'") == [(77,)]
    assert set(three.rows("select attempt, crashes, interruptions from jobs_job")) == {(1, 0, 0)}
    machines = {run.machine for run in runs}
    assert len(machines) == 3
    for machine in machines:
        here = [run for run in runs if run.machine == machine]
        assert most_at_once([run for run in here if run.lane == "procedural"]) <= 2
        assert most_at_once([run for run in here if run.lane == "neural"] or here[:1]) == 1
    for lane in ("network", "maintenance"):
        assert most_at_once([run for run in runs if run.lane == lane]) == 1
    assert most_at_once([run for run in runs if run.lane == "procedural"]) > 2, "they work side by side"


def test_a_machine_that_is_killed_whole_loses_no_job(fleet):
    three = fleet()
    three.work()
    three.submit(*["procedural"] * 12, seconds=3)
    dead = three.rows("select name from jobs_machine order by name")
    on = "select count(*) from jobs_job where status = 'running' and claimed_by like ?"
    lost = wait_for(lambda: [name for (name,) in dead if three.rows(on, f"%@{name}") == [(2,)]])[0]
    number = next(n for n, one in enumerate(three.machines) if lost[-8:] in identity(one))
    three.kill(number)
    killed_at = time.monotonic()
    three.wait_until_done(timeout=90)
    assert three.statuses() == ["succeeded"] * 12
    assert three.rows("select sum(interruptions), sum(crashes) from jobs_job") == [(2, 0)]
    assert 20 < time.monotonic() - killed_at < 60
    assert lost not in {run.machine for run in three.runs()[-2:]}
    assert (lost,) not in three.rows("select name from jobs_machine")


def identity(machine) -> str:
    return machine.python("from jobs import machine; print(machine.name())").stdout


def test_a_wish_to_stop_reaches_a_job_on_another_machine(fleet):
    two = fleet(2)
    two.work(0)
    two.submit("network", seconds=60)
    wait_for(lambda: two.statuses() == ["running"])
    two.machines[1].python("from jobs.models import Job; Job.objects.get().cancel()")
    wait_for(lambda: two.statuses() == ["cancelled"], timeout=5)


def test_a_machine_works_in_the_lanes_that_it_is_for(fleet):
    one = fleet(1, WORKER_LANES="procedural")
    one.work()
    one.submit("neural", "procedural")
    wait_for(lambda: one.statuses() == ["queued", "succeeded"])
    time.sleep(3)
    assert one.statuses() == ["queued", "succeeded"]
    one.machines[0].environment["WORKER_LANES"] = ""
    one.kill(0)
    one.work()
    wait_for(lambda: one.statuses() == ["succeeded", "succeeded"])


def test_a_job_begins_at_once_and_waiting_for_it_costs_next_to_nothing(fleet):
    one = fleet(1)
    one.work()
    took_s = [float(line) for line in one.machines[0].python(LATENCY).stdout.split()]
    processes = one.machines[0].family()
    before = sum(sum(process.cpu_times()[:2]) for process in processes)
    time.sleep(5)
    idle = (sum(sum(process.cpu_times()[:2]) for process in processes) - before) / 5
    print(f"begun after {1e3 * median(took_s):.0f} ms, idle at {100 * idle:.1f} % of a core")
    assert median(took_s) < 0.2
    assert idle < 0.05


def test_processes_of_three_machines_racing_for_jobs_claim_each_exactly_once(fleet):
    three = fleet(3, WORKER_CONCURRENCY="32")
    three.submit(*["procedural"] * 300)
    code = "import django; django.setup()\n" + CLAIM_ALL
    racing = [
        machine.start("-c", code, stdout=subprocess.PIPE) for machine in three.machines for _ in range(2)
    ]
    told = [process.communicate()[0] for process in racing]
    claims = Counter(line for text in told for line in text.splitlines() if line.isdecimal())
    assert len(claims) == 300 and set(claims.values()) == {1}
    times = [tuple(map(float, re.findall(r"from (\S+) to (\S+)", text)[0])) for text in told]
    took_s = max(end for _, end in times) - min(begin for begin, _ in times)
    print(f"{300 / took_s:.0f} jobs claimed and ended a second")


def test_a_server_that_is_away_for_a_while_stops_nobody_for_good(fleet, monkeypatch, tmp_path):
    server = Postgres()
    monkeypatch.setenv("DATABASE_URL", server.url("postgres"))
    try:
        one = fleet_of_its_own(server, tmp_path)
        one.work()
        one.submit(*["procedural"] * 4, seconds=1)
        wait_for(lambda: "running" in one.statuses())
        server.stop()
        time.sleep(4)
        server.start()
        one.submit("procedural")
        one.wait_until_done(timeout=60)
        assert one.statuses() == ["succeeded"] * 5
        assert one.log(one.machines[0]).count("does not answer the queue") == 1
        one.close()
    finally:
        server.close()


def fleet_of_its_own(server: Server, folder):
    from tests.scale.fleet import Fleet
    from tests.support.studio import Studio

    (folder / "prepared").mkdir()
    studio = Studio(folder / "prepared")
    studio.manage("prepare")
    (folder / "own").mkdir()
    return Fleet(folder / "own", studio.prepared, 1, {})


def test_another_secret_is_refused_before_anything_is_lost_by_it(fleet):
    two = fleet(2)
    two.work(0)
    two.machines[1].environment["SECRET_KEY"] = "another one"
    ended = two.machines[1].manage("worker", check=False)
    assert ended.returncode == 2
    assert "works on this database with another SECRET_KEY; set the same one" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_machines_that_are_made_ready_at_once_wait_for_each_other(server, tmp_path):
    from tests.support.studio import Studio

    (tmp_path / "first").mkdir()
    first = Studio(tmp_path / "first")
    first.share(tmp_path / "second")
    second = Studio(tmp_path / "second")
    both = [one.start("manage.py", "prepare", "--admin", stdout=subprocess.PIPE) for one in (first, second)]
    told = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("sign in as" in text for text in told) == 1
    assert first.rows("select count(*) from accounts_user") == [(1,)]
    first.close()


@pytest.mark.parametrize("command", ["worker", "prepare", "web"])
def test_a_server_that_does_not_answer_is_one_sentence(fleet, command):
    one = fleet(1).machines[0]
    one.environment["DATABASE_URL"] = "postgres://studio:secret@127.0.0.1:1/studio"
    ended = one.manage(command, check=False)
    assert ended.returncode == 2
    assert "The database server does not answer; start it, or correct DATABASE_URL." in ended.stderr
    assert "secret" not in ended.stderr and ended.stderr.count("\n") == 1


def test_workers_of_a_machine_are_counted_everywhere(fleet):
    two = fleet(2)
    two.work(0)
    count = "from jobs.models import Machine; print(Machine.objects.workers(), Machine.objects.places())"
    told = wait_for(lambda: (t := two.machines[1].python(count).stdout).startswith("2 ") and t, timeout=15)
    assert "'procedural': 2" in told and psutil.pid_exists(two.machines[0].processes[0].pid)
