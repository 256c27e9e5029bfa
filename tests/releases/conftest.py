"""A GitHub of its own for every test, and a build to bring there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from packs.content import PackContent
from packs.models import Build
from releases import patience
from tests.releases.support import make_build, small_content
from tests.support.github import TOKEN, FakeGithub


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> PackContent:
    return small_content(tmp_path_factory.mktemp("tones"))


@pytest.fixture
def github(settings, monkeypatch) -> Iterator[FakeGithub]:
    """GitHub as the settings name it; nobody waits for long there."""
    monkeypatch.setattr(patience, "FIRST_WAIT_S", 0.001)
    with FakeGithub() as github:
        settings.GITHUB_TOKEN = TOKEN
        settings.GITHUB_REPO_OWNER, settings.GITHUB_REPO_NAME = "somebody", "packs"
        settings.GITHUB_API_URL = github.address
        settings.GITHUB_SECONDS_BETWEEN_WRITES = 0
        settings.GITHUB_TIMEOUT_S = 5
        yield github


@pytest.fixture
def build(content: PackContent, db) -> Build:
    return make_build(content)
