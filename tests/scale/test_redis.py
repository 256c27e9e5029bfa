"""Redis carries wake-ups, and may lose them."""

from __future__ import annotations

import time
from statistics import median

import pytest

from tests.scale.test_machines import LATENCY
from tests.support.studio import wait_for

SPEND = """
import time
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from jobs.throttles import spend_sounds
request = Request(APIRequestFactory().post("/", REMOTE_ADDR="10.0.0.1"))
spent = 0
for _ in range(8):
    try:
        spend_sounds(request, 1)
        spent += 1
    except Throttled:
        pass
print(spent)
"""


@pytest.fixture
def studio(fleet, redis):
    return fleet(2, Q_BROKER="redis", REDIS_URL=redis.url)


def test_jobs_begin_at_once(studio):
    studio.work(0)
    took_s = [float(line) for line in studio.machines[0].python(LATENCY).stdout.split()]
    print(f"begun after {1e3 * median(took_s):.0f} ms")
    assert median(took_s) < 0.2


def test_a_redis_that_is_killed_and_comes_back_empty_loses_no_job(studio, redis):
    studio.work()
    studio.submit(*["procedural"] * 10, *["network"] * 3, seconds=0.5)
    wait_for(lambda: "running" in studio.statuses())
    redis.kill()
    studio.submit(*["procedural"] * 5, by=1)
    studio.wait_until_done()
    assert studio.statuses() == ["succeeded"] * 18, "all of it without Redis"
    redis.start()
    wait_for(lambda: "Redis answers again" in studio.log(studio.machines[0]), timeout=10)
    begun = time.monotonic()
    studio.submit("procedural")
    studio.wait_until_done()
    assert time.monotonic() - begun < 10
    for machine in studio.machines:
        log = studio.log(machine)
        assert log.count("Redis does not answer") <= 1 + 2, "a process tells it once"
        assert "Traceback" not in log


def test_wake_ups_that_redis_forgot_are_made_good(studio, redis):
    studio.submit("procedural", "network")
    redis.client.flushall()
    studio.work(0)
    studio.wait_until_done(timeout=15)
    assert studio.statuses() == ["succeeded"] * 2


def test_what_several_processes_spend_is_counted_together(studio):
    processes = [
        machine.start("-c", "import django; django.setup()\n" + SPEND, stdout=-1)
        for machine in studio.machines
        for _ in range(2)
    ]
    assert sum(int(process.communicate()[0]) for process in processes) == 10


def test_without_redis_people_are_let_in(studio, redis):
    redis.kill()
    ended = studio.machines[0].python(SPEND)
    assert ended.stdout == "8\n" and ended.stderr.count("Redis does not answer") == 1
    redis.start()
