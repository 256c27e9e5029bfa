"""The studio tells whether it works, and its figures."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Token, User
from jobs import worker
from jobs.models import Job, NewJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def audio_folder(settings):
    settings.AUDIO_OUTPUT_DIR.mkdir(parents=True)


@pytest.fixture
def reader() -> dict[str, str]:
    _, text = Token.objects.issue(User.objects.create_user("prometheus"), name="prometheus")
    return {"Authorization": f"Bearer {text}"}


def test_health_is_open_and_says_what_needs_somebody(client: Client):
    answer = client.get("/healthz")
    health = answer.json()
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert (health["status"], health["database"], health["workers"]) == ("degraded", "ok", 0)
    assert "No worker is running" in health["troubles"][0]
    assert health["engines"]["procedural"] == "ready" and health["disk_free_bytes"] > 0


def test_health_is_ok_with_a_worker(client: Client):
    worker.name()
    try:
        health = client.get("/healthz").json()
    finally:
        worker.give_up()
    assert (health["status"], health["workers"], health["troubles"]) == ("ok", 1, [])


def test_a_database_that_does_not_answer_is_a_503_with_a_sentence(client: Client):
    def broken(execute, sql, params, many, context):
        raise OperationalError("disk I/O error")

    with connection.execute_wrapper(broken):
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "down" and "database does not answer" in answer.json()["troubles"][0]


def test_a_database_without_its_tables_is_a_503_too(client: Client):
    def unprepared(execute, sql, params, many, context):
        if "sounds_enginefault" in sql:
            raise OperationalError("no such table: sounds_enginefault")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(unprepared):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")


def test_a_missing_folder_of_audio_is_a_trouble_and_no_traceback(client: Client, settings):
    settings.AUDIO_OUTPUT_DIR.rmdir()
    answer = client.get("/healthz")
    assert answer.status_code == 200 and any("make room" in one for one in answer.json()["troubles"])


def test_metrics_need_a_token(client: Client):
    assert client.get("/metrics").status_code == 401


def test_metrics_can_be_parsed_and_count_what_is_there(client: Client, reader):
    Job.objects.submit([NewJob(kind="x", lane="procedural")] * 3, wake=False)
    answer = client.get("/metrics", headers=reader)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.content.decode())}
    (jobs,) = families["ccbell_jobs"].samples
    assert (jobs.labels, jobs.value) == ({"lane": "procedural", "status": "queued"}, 3)
    assert families["ccbell_oldest_queued_timestamp_seconds"].samples[0].value > 1e9
    usable = {sample.labels["engine"]: sample.value for sample in families["ccbell_engine_available"].samples}
    assert usable["procedural"] == 1 and usable["stable-audio-open-small"] == 0
