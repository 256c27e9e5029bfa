"""The token is sent to GitHub, and stands nowhere else."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from packs.models import Build
from tests.releases.support import do, published, refused
from tests.support.github import TOKEN
from tests.support.github.faults import HALF, LOST
from tests.support.library import JSON

pytestmark = pytest.mark.django_db(transaction=True)


def everything_kept() -> str:
    """Every row of every table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [table, *map(repr, cursor.fetchall())]
    return "\n".join(rows)


def test_it_is_in_no_log_no_row_and_no_answer(github, build: Build, admin_client: Client, tmp_path, settings):
    log = tmp_path / "debug.log"
    handler = logging.FileHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    said = io.StringIO()
    try:
        github.faults.add(
            422, "POST .*/uploads/", body={"message": f"{TOKEN}?", "errors": [{"message": TOKEN}]}
        )
        refused(build)
        github.faults.add(HALF, "POST .*/uploads/")
        github.faults.add(LOST, "PATCH ")
        release = published(build, tree=True)
        settings.GITHUB_API_URL = "http://127.0.0.1:9"
        refused(build)
        settings.GITHUB_API_URL = github.address
        answers = [
            admin_client.get("/api/release/list"),
            admin_client.get(f"/api/release/{release.tag}"),
            admin_client.post("/api/release/github?wait=0", {"pack": "sci-fi"}, JSON),
            admin_client.get("/api/jobs"),
        ]
        assert all(answer.status_code in (200, 202) for answer in answers)
        release.refresh_from_db()
        do(release)
        call_command("publish_pack", "--list", "--json", stdout=said)
        release.withdraw(by=None, wake=False)
        do(release)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
    assert "api/uploads" in log.read_text(), "the log is one of all that was asked"
    told = [json.dumps(answer.json()) for answer in answers]
    for text in (log.read_text(), everything_kept(), said.getvalue(), *told):
        assert TOKEN not in text and TOKEN[4:] not in text
