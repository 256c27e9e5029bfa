"""What the settings have to say before anything is published."""

from __future__ import annotations

import pytest

from releases.github import missing_settings, repository


@pytest.fixture
def configured(settings):
    settings.GITHUB_TOKEN, settings.GITHUB_REPO_OWNER, settings.GITHUB_REPO_NAME = "t", "somebody", "packs"
    settings.GITHUB_API_URL = "https://api.github.com"
    return settings


def test_nothing_is_missing(configured):
    assert missing_settings() == "" and repository() == "somebody/packs"


@pytest.mark.parametrize(
    "empty, words",
    [
        (["GITHUB_TOKEN"], "Set GITHUB_TOKEN to publish"),
        (["GITHUB_TOKEN", "GITHUB_REPO_NAME"], "Set GITHUB_TOKEN and GITHUB_REPO_NAME to publish"),
        (
            ["GITHUB_TOKEN", "GITHUB_REPO_OWNER", "GITHUB_REPO_NAME"],
            "Set GITHUB_TOKEN, GITHUB_REPO_OWNER and GITHUB_REPO_NAME to publish",
        ),
    ],
)
def test_each_missing_variable_is_named(configured, empty, words):
    for name in empty:
        setattr(configured, name, "")
    assert missing_settings().startswith(words)
