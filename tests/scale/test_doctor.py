"""The doctor where machines share a database."""

from __future__ import annotations

import time

from tests.scale.fleet import Fleet
from tests.studio.doctor.support import Told
from tests.support.ports import free_port
from tests.support.postgres import PASSWORD


def test_it_tells_of_the_server_and_the_machines_and_writes_nothing(fleet):
    machines: Fleet = fleet(2, MODEL_DEVICE="cpu")
    machines.work(0)
    told = Told(machines.machines[1])
    assert told.of("database", "PostgreSQL")["state"] == told.of("database", "schema")["state"] == "ok"
    assert told.of("queue", "workers")["fact"] == "none on this machine, 2 on others"
    assert "(2 workers)" in told.of("queue", "machines")["fact"]
    assert told.of("backup", "backup")["todo"].startswith("docs/scaling.md")
    assert told.ok and PASSWORD not in told.text
    written = machines.rows("SELECT count(*) FROM jobs_machine")
    assert written == [(1,)], "a look is no sign of life"


def test_machines_with_another_key_are_told(fleet):
    machines: Fleet = fleet(2, MODEL_DEVICE="cpu")
    machines.work(0)
    machines.machines[1].environment["SECRET_KEY"] = "another one"
    told = Told(machines.machines[1])
    assert told.of("queue", "secret key")["state"] == "fail" and not told.ok


def test_a_server_that_is_gone_is_told_soon_and_without_its_password(fleet):
    (machine,) = fleet(1, MODEL_DEVICE="cpu").machines
    machine.environment["DATABASE_URL"] = f"postgres://studio:sesame@127.0.0.1:{free_port()}/studio"
    begun = time.monotonic()
    told = Told(machine)
    assert time.monotonic() - begun < 15
    gone = told.of("database", "PostgreSQL")
    assert gone["state"] == "fail" and "DATABASE_URL" in gone["todo"]
    assert "sesame" not in told.text and "queue/unknown" in told.states("note")
