"""A studio to look over, and a GitHub to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.github import TOKEN, FakeGithub


@pytest.fixture(autouse=True)
def quick() -> None:
    """Nothing here needs the presets that other tests of pages do."""


@pytest.fixture(autouse=True)
def no_device_to_ask_for(settings) -> None:
    settings.MODEL_DEVICE = "cpu"


@pytest.fixture
def github(settings) -> Iterator[FakeGithub]:
    """GitHub as the settings name it."""
    with FakeGithub() as github:
        settings.GITHUB_TOKEN = TOKEN
        settings.GITHUB_REPO_OWNER, settings.GITHUB_REPO_NAME = "somebody", "packs"
        settings.GITHUB_API_URL = github.address
        settings.GITHUB_TIMEOUT_S = 2
        yield github
