"""One studio for all pages that ask one: started as people start it, with a GitHub of its own beside it."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.github import TOKEN, FakeGithub
from tests.support.studio import Studio, wait_for
from torture.house import free_port


class Running(Studio):
    """A studio that was started by ``python -m ccbell_site.run``."""

    def __init__(self, data: Path, github: FakeGithub) -> None:
        self.port = free_port()
        super().__init__(
            data,
            API_PORT=str(self.port),
            ALLOW_ANONYMOUS="true",
            GITHUB_TOKEN=TOKEN,
            GITHUB_REPO_OWNER="somebody",
            GITHUB_REPO_NAME="packs",
            GITHUB_API_URL=github.address,
            GITHUB_SECONDS_BETWEEN_WRITES="0",
        )
        self.log = data / "studio.log"
        with self.log.open("w") as log:
            self.supervisor = self.start("-m", "ccbell_site.run", stdout=log, stderr=subprocess.STDOUT)
        wait_for(self.answers, timeout=60)
        wait_for(lambda: self.living_workers() == 2)

    def answers(self) -> bool:
        assert self.supervisor.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, prepared_database: Path) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("running")
    shutil.copy(prepared_database, data)
    with FakeGithub() as github:
        studio = Running(data, github)
        yield studio
        studio.supervisor.terminate()
        studio.supervisor.wait(timeout=30)
        studio.close()
    said = studio.log.read_text()
    assert "Traceback" not in said, said
