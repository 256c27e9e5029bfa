"""`manage.py doctor` in studios that are well, and in broken ones."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.studio.doctor.support import Told
from tests.support.github import TOKEN, FakeGithub
from tests.support.ports import free_port
from tests.support.studio import Studio, about_sqlite, wait_for
from tests.support.terminal import Terminal

pytestmark = about_sqlite


@pytest.fixture
def studio(studio: Studio) -> Studio:
    studio.environment |= {"MODEL_DEVICE": "cpu", "API_PORT": str(free_port())}
    return studio


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def everything_in(folder: Path) -> dict[str, tuple[int, int, str]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in folder.rglob("*")
    }


def test_a_studio_that_works_is_well_on_one_screen(studio: Studio):
    studio.worker()
    studio.start("manage.py", "web", stdout=subprocess.DEVNULL)
    wait_for(lambda: answers(int(studio.environment["API_PORT"])))
    told = Told(studio)
    assert told.ok and told.states("fail") == set()
    assert told.of("queue", "workers")["fact"] == "2 workers alive"
    assert told.of("database", "whole")["state"] == told.of("database", "schema")["state"] == "ok"
    said = studio.manage("doctor")
    lines = said.stdout.splitlines()
    assert len(lines) <= 40 and max(map(len, lines)) <= 100
    assert "\x1b" not in said.stdout, "colours are for terminals"

    for process in studio.running("worker"):
        process.send_signal(signal.SIGKILL)
    wait_for(lambda: not studio.living_workers())
    told = Told(studio)
    assert (
        told.of("queue", "workers")["state"] == "fail" and "make run" in told.of("queue", "workers")["todo"]
    )
    assert told.of("network", "web server")["state"] == "ok"


def test_it_changes_nothing(studio: Studio):
    studio.manage("doctor", check=False)  # settings make their folders and the key
    before = everything_in(studio.data)
    Told(studio)
    assert everything_in(studio.data) == before


def test_without_a_database_it_says_how_to_make_one_and_makes_none(studio: Studio):
    (studio.data / "studio.sqlite3").unlink()
    told = Told(studio)
    missing = told.of("database", "SQLite")
    assert missing["state"] == "fail" and missing["todo"].endswith("manage.py prepare")
    assert "not known while the database" in told.of("queue", "unknown")["fact"]
    assert not (studio.data / "studio.sqlite3").exists()


@pytest.mark.parametrize(
    "sql, words, todo",
    [
        (
            "DELETE FROM django_migrations WHERE app = 'releases'",
            "to be applied (releases",
            "manage.py prepare",
        ),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '9999_later', '2030-01-01')",
            "made by a newer studio (jobs 9999_later)",
            "update the studio",
        ),
        ("DROP TABLE jobs_job", "", ""),
    ],
)
def test_a_schema_that_is_not_this_studios_is_told(studio: Studio, sql: str, words: str, todo: str):
    studio.rows(sql)
    told = Told(studio)
    if words:
        schema = told.of("database", "schema")
        assert schema["state"] == "fail" and words in schema["fact"] and schema["todo"].endswith(todo)
    else:
        assert "waiting" in told.of("queue", "unknown")["fact"]


def test_a_damaged_database_is_told(studio: Studio):
    path = studio.data / "studio.sqlite3"
    data = bytearray(path.read_bytes())
    for page in range(20, 60):
        data[page * 4096 : page * 4096 + 400] = os.urandom(400)
    path.write_bytes(data)
    whole = Told(studio).of("database", "whole")
    assert whole["state"] == "fail" and "damaged" in whole["fact"] and "restore" in whole["todo"]


def test_what_is_no_database_is_told(studio: Studio):
    (studio.data / "studio.sqlite3").write_text("this is something else\n" * 400)
    told = Told(studio)
    assert told.of("database", "SQLite")["state"] == "fail" and "queue/unknown" in told.states("note")


def test_a_variable_that_stands_twice_is_named(studio: Studio):
    (studio.data / "env").write_text("TIME_ZONE=CET\nLOG_LEVEL=ERROR\nTIME_ZONE=UTC\n")
    studio.environment["ENV_FILE"] = str(studio.data / "env")
    assert Told(studio).of("studio", "twice")["fact"] == "TIME_ZONE in env; the last line counts"


def test_a_misspelt_variable_is_named_and_starts_all_the_same(studio: Studio):
    env = studio.data / "env"
    env.write_text(
        "WORKER_CONCURENCY=1\nAPI_PROT=9000\nexport JOB_DEADLINE_SEC=60 # a minute\n\n"
        "HF_TOKEN=hf_x\nCOFFEE=black\nMODEL_CACHE_DIR=~/models\n"
    )
    studio.environment["ENV_FILE"] = str(env)
    told = Told(studio)
    assert f"WORKER_CONCURRENCY, or take it out of {env}" in told.of("studio", "WORKER_CONCURENCY")["todo"]
    assert "write API_PORT" in told.of("studio", "API_PROT")["todo"]
    assert told.of("studio", "not ours")["fact"] == "COFFEE in env: nothing that the studio knows"
    assert told.states("warn") >= {"studio/WORKER_CONCURENCY", "studio/API_PROT"}


def test_the_token_is_in_no_word_of_it(studio: Studio):
    with FakeGithub() as github:
        github.headers["X-OAuth-Scopes"] = "repo"
        studio.environment |= {
            "GITHUB_TOKEN": TOKEN, "GITHUB_REPO_OWNER": "somebody", "GITHUB_REPO_NAME": "packs",
            "GITHUB_API_URL": github.address, "LOG_LEVEL": "DEBUG",
        }  # fmt: skip
        told = Told(studio)
        assert told.of("GitHub", "token")["fact"] == "of octocat, classic with repo"
        assert told.of("GitHub", "repository")["state"] == "ok"
        github.faults.add(401, "GET /user", body={"message": f"no {TOKEN}"})
        refused = Told(studio)
        assert refused.of("GitHub", "publishing")["state"] == "fail"
        github.faults.add(500, "GET /user", body={"message": TOKEN})
        said = studio.manage("doctor", check=False)
    for text in (told.text, refused.text, said.stdout, said.stderr):
        assert TOKEN not in text and TOKEN[11:] not in text


def test_a_terminal_that_knows_only_ascii_gets_only_that(studio: Studio):
    studio.environment |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    said = studio.manage("doctor", check=False).stdout
    assert said.isascii() and "?" not in said and "> make run" in said


def test_a_terminal_gets_colours(studio: Studio):
    with Terminal("manage.py", "doctor", environment=studio.environment | {"TERM": "xterm"}) as terminal:
        assert terminal.ended() == 1
    assert "\x1b[31;1mfail" in terminal.seen and "make run" in terminal.seen
