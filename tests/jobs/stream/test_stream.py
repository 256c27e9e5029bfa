"""The event stream as clients have it: a real web server, real HTTP."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.request
from typing import Any

import psutil
import pytest

from tests.jobs.stream.support import Follower, House, ids, quiet
from tests.support.studio import SQLITE, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def follow(house: House):
    followers: list[Follower] = []

    def follow(*args: str, **options: Any) -> Follower:
        followers.append(house.follow(*args, **options))
        return followers[-1]

    yield follow
    for follower in followers:
        follower.close()


HANG_UP = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
and (query like 'LISTEN%' or query like '%"jobs_event"."id" > %')
"""
"""Ends the connections of those who listen to PostgreSQL, or read on from an event."""


def database_handles(house: House) -> int:
    web = psutil.Process(house.web.pid)
    if server := house.studio.server:
        return sum(bool(one.raddr) and one.raddr.port == server.port for one in web.net_connections())
    return sum(SQLITE in file.path for file in web.open_files())


def test_a_client_is_told_what_happens_from_now_on(house, follow):
    house.submit()
    follower = follow()
    batch, job = house.submit()
    house.do(
        f"job = claim('{job}'); job.report(0.4567, 'Rendering “é”'); job.succeed(lambda: {{'sound': 'abc'}})"
    )
    queued, running, progress, succeeded = follower.read(4)
    assert queued == {
        "id": queued["id"],
        "job_id": job,
        "batch_id": batch,
        "type": "queued",
        "label": "job 0",
        "status": "queued",
        "progress": 0,
        "message": "",
        "error": "",
        "attempt": 0,
        "sound_id": None,
        "audio_url": None,
    }
    assert [running[key] for key in ("type", "status", "attempt")] == ["running", "processing", 1]
    assert [progress[key] for key in ("type", "progress", "message")] == ["progress", 45.7, "Rendering “é”"]
    assert [succeeded[key] for key in ("type", "status", "progress")] == ["succeeded", "completed", 100]
    assert [succeeded[key] for key in ("sound_id", "audio_url")] == ["abc", "/api/audio/abc"]


def test_the_answer_is_one_that_nobody_keeps_or_holds_back(follow):
    headers = follow().response.headers
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert headers["Cache-Control"] == "no-cache, no-store"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_who_comes_back_gets_all_that_it_missed_once_and_in_order_while_more_happens(house, follow):
    since = house.newest()
    house.submit(number=600)
    writer = threading.Thread(target=lambda: [house.submit(number=20) for _ in range(20)])
    writer.start()
    followers = [follow(Last_Event_ID=str(since)), follow(query=f"?last_event_id={since}")]
    seen = [ids(follower.read(1000)) for follower in followers]
    writer.join()
    assert seen == [list(range(since + 1, since + 1001))] * 2
    assert all(quiet(follower) for follower in followers)


def test_a_broken_connection_is_taken_up_at_any_event(house, follow):
    since = house.newest()
    house.submit(number=30)
    seen: list[int] = []
    while len(seen) < 30:
        follower = follow(Last_Event_ID=str(seen[-1] if seen else since))
        seen += ids(follower.read(7 if len(seen) < 21 else 1))
        follower.close()
    assert seen == list(range(since + 1, since + 31))


def test_an_id_of_another_database_means_from_now_on(house, follow):
    follower = follow(Last_Event_ID="123456789")
    _, job = house.submit()
    assert next(follower)["job_id"] == job


def test_everybody_sees_what_is_theirs_and_staff_see_all(house, follow):
    ann, bob, staff = follow("ann"), follow("bob"), follow("staff")
    jobs = {owner: house.submit(owner)[1] for owner in ("ann", "bob", None)}
    assert next(ann)["job_id"] == jobs["ann"]
    assert next(bob)["job_id"] == jobs["bob"]
    assert [event["job_id"] for event in staff.read(3)] == list(jobs.values())
    assert quiet(ann) and quiet(bob)


def test_replay_shows_no_more_than_following_does(house, follow):
    since = house.newest()
    mine, *_ = [house.submit(owner)[1] for owner in ("ann", "bob", None)]
    follower = follow("ann", Last_Event_ID=str(since))
    assert next(follower)["job_id"] == mine
    assert quiet(follower)


def test_one_job_or_one_batch_can_be_followed(house, follow):
    since = house.newest()
    batch, first, second = house.submit(number=2)
    only_job, only_batch = follow(query=f"?job={second}"), follow("staff", query=f"?batch={batch}")
    replayed = follow(query=f"?job={second}&batch={batch}", Last_Event_ID=str(since))
    house.submit()
    house.do(f"claim('{first}'); claim('{second}')")
    assert next(only_job)["job_id"] == second
    assert [event["job_id"] for event in only_batch.read(2)] == [first, second]
    assert [event["type"] for event in replayed.read(2)] == ["queued", "running"]
    assert quiet(only_job) and quiet(only_batch) and quiet(replayed)


def test_who_is_not_signed_in_is_refused_by_a_problem(house):
    follower = Follower(house.port)
    assert follower.response.status == 401
    assert follower.response.headers["Content-Type"] == "application/problem+json"
    assert follower.response.headers["WWW-Authenticate"] == "Bearer"
    assert follower.problem() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Authentication credentials were not provided.",
    }


def test_a_head_request_is_answered_and_ends(house, follow):
    follower = follow(method="HEAD")
    assert follower.response.status == 200
    assert follower.response.read() == b""


def test_clients_that_go_away_are_forgotten_without_a_word_and_then_nothing_is_read(house, follow):
    first = follow()  # opens the connection that all streams share, which stays
    house.submit()
    next(first)
    first.close()
    time.sleep(1)  # its reader leaves
    log, handles = house.log.read_text(), database_handles(house)
    followers = [follow() for _ in range(20)]
    house.submit()
    for follower in followers:
        next(follower)
    assert database_handles(house) > handles
    for follower in followers:
        follower.close()
    wait_for(lambda: database_handles(house) <= handles)
    house.submit()
    assert house.log.read_text() == log


def test_a_client_that_does_not_read_is_let_go_and_misses_nothing(house, follow):
    since = house.newest()
    log = house.log.read_text()
    slow, quick = follow(receive_buffer=4096), follow()
    _, *jobs = house.submit(number=100)
    thread = threading.Thread(target=house.do, args=(f"for job in {jobs}: claim(job).fail('x' * 100_000)",))
    thread.start()
    assert len(quick.read(300)) == 300
    thread.join()
    seen: list[int] = []
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        for event in slow:
            seen.append(event["id"])
    assert len(seen) < 300, "it did not get all"
    back = follow(Last_Event_ID=str(seen[-1] if seen else since))
    seen += ids(back.read(300 - len(seen)))
    assert seen == list(range(since + 1, since + 301))
    assert house.log.read_text() == log


def test_a_database_that_fails_for_a_while_is_survived_and_told_once(house, follow):
    follower = follow()
    house.submit()
    follower.read(1)
    if house.studio.server:
        house.studio.rows(HANG_UP)
        wait_for(lambda: "cannot be read" in house.log.read_text())
    else:
        house.studio.rows("alter table jobs_event rename to away")
        wait_for(lambda: "cannot be read" in house.log.read_text())
        house.studio.rows("alter table away rename to jobs_event")
    house.submit()
    assert len(follower.read(1)) == 1
    assert house.log.read_text().count("cannot be read") == 1


def test_django_answers_everything_else(house):
    url = f"http://127.0.0.1:{house.port}/healthz"
    with urllib.request.urlopen(url) as answer:
        assert answer.status == 200
