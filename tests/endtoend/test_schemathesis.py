"""A real studio is asked for whatever its own OpenAPI schema allows, and for much that it does not.

Whatever comes, it answers without a fault of its own, and with a status, a content type and a body that the
schema has for that operation.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.studio import ROOT, Studio, wait_for
from torture.house import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

TOKENS = """
from accounts.models import Scope, Token, User
user = User.objects.create_user("staff", is_staff=True, is_superuser=True)
for scope in (Scope.MANAGE, Scope.READ):
    print(Token.objects.issue(user, name="schemathesis", scope=scope)[1])
"""
RELEASE = """
from packs.models import Build
from releases.models import Release
print(Release.objects.create(build=Build.objects.get(), repo="somebody/packs", tag="sci-fi-v1.0.0").tag)
"""
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
)  # fmt: skip
CONFIG = """
[checks.not_a_server_error]
# 501 and 503 are answers like others, where the schema has them.
expected-statuses = ["2xx", "3xx", "4xx", "501", "503"]
"""
LEFT_OUT = (
    "/api/queue/events",  # has no end
    "/api/engines/{id}/unload",  # would have the others wait for an engine to load
)
FEW, SOME, MANY = 2, 8, 30


class Api:
    """A studio with something of each kind in it."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.url = f"http://127.0.0.1:{studio.environment['API_PORT']}"
        self.manages, self.reads = studio.python(TOKENS).stdout.split()
        self.log = studio.data / "web.log"
        with self.log.open("w") as log:
            studio.start("manage.py", "web", stdout=log, stderr=log)
        studio.worker()
        wait_for(self.is_there)
        made = self.ask("POST", "generate?wait=30", {"prompt": "a tone", "engine": "steady"})
        batch = {"theme": "sci-fi", "hooks": ["task_complete"], "engine": "steady"}
        filled = self.ask("POST", "generate/batch?wait=30", batch)
        build = self.ask("POST", f"packs/{filled['pack']}/build?wait=30", {})
        release = studio.python(RELEASE).stdout.strip()
        self.there = {
            "/api/release/{ref}": release,
            "/api/sounds/{id}": made["sound"]["id"],
            "/api/audio/{uuid}": made["sound"]["id"],
            "/api/generate/{id}": made["job_id"],
            "/api/jobs/{id}": made["job_id"],
            "/api/queue/{id}": made["job_id"],
            "/api/batches/{id}": made["batch_id"],
            "/api/collections/{id}": filled["collection"],
            "/api/collections/{collection_id}": filled["collection"],
            "/api/collections/{collection_id}/slots/{key}": "task_complete",
            "/api/packs/{slug}": filled["pack"],
            "/api/packs/{slug}/{version}": build["build"]["version"],
            "/api/themes/{slug}": "sci-fi",
            "/api/themes/{theme_slug}": "sci-fi",
            "/api/themes/{theme_slug}/variations/{slug}": "holographic",
            "/api/hooks/{slug}": "task_complete",
        }

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.manages}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.loads(answer.read() or b"null")

    def is_there(self) -> bool:
        try:
            self.ask("GET", "engines")
        except urllib.error.URLError:
            return False
        return True

    def explore(self, token: str, *, phases: str, examples: int) -> subprocess.CompletedProcess[str]:
        """Ask for everything that the schema has, the same each time."""
        config = self.studio.data / "schemathesis.toml"
        config.write_text(CONFIG)
        left_out = [word for path in LEFT_OUT for word in ("--exclude-path", path)]
        environment = self.studio.environment | {
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.support.schemathesis_hooks",
            "THERE": json.dumps(self.there),
        }
        return subprocess.run(
            [
                sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
                "--config-file", str(config), "run", f"{self.url}/api/schema/?format=json",
                "--header", f"Authorization: Bearer {token}", "--phases", phases, *left_out,
                "--checks", ",".join(CHECKS), "--max-examples", str(examples),
                "--generation-deterministic", "--continue-on-failure", "--no-color",
                "--request-timeout", "40", "--workers", "2",
            ],
            cwd=self.studio.data, env=environment, text=True, capture_output=True,
        )  # fmt: skip


@pytest.fixture(scope="module")
def shared(prepared_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    studio = Studio(tmp_path_factory.mktemp("studio"), API_PORT=str(free_port()))
    shutil.copy(prepared_database, studio.data)
    try:
        yield Api(studio)
    finally:
        studio.close()


@pytest.fixture
def api(shared: Api) -> Iterator[Api]:
    """Each test finds what the one before left: those that remove much come last."""
    yield shared
    log = shared.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") :][:3000]
    assert not any(
        secret in log for secret in (shared.manages, shared.reads, shared.studio.environment["SECRET_KEY"])
    )


@pytest.mark.exhaustive
def test_whoever_reads_gets_what_the_schema_says(api: Api):
    found = api.explore(api.reads, phases="fuzzing", examples=FEW)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.exhaustive
def test_whoever_manages_gets_what_the_schema_says_at_length(api: Api):
    found = api.explore(api.manages, phases="examples,coverage,fuzzing,stateful", examples=MANY)
    assert found.returncode == 0, found.stdout + found.stderr


def test_whoever_manages_gets_what_the_schema_says(api: Api):
    found = api.explore(api.manages, phases="fuzzing", examples=SOME)
    assert found.returncode == 0, found.stdout + found.stderr
