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


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("GITHUB_REPO_OWNER", "somebody/packs", "GITHUB_REPO_OWNER must be the bare name"),
        ("GITHUB_REPO_NAME", "https://github.com/somebody/packs", "GITHUB_REPO_NAME must be the bare name"),
        ("GITHUB_TOKEN", "two words", "GITHUB_TOKEN holds characters"),
        ("GITHUB_TOKEN", "tokén", "GITHUB_TOKEN holds characters"),
        ("GITHUB_API_URL", "api.github.com", "GITHUB_API_URL must be an address"),
        ("GITHUB_API_URL", "ftp://api.github.com", "GITHUB_API_URL must be an address"),
        ("GITHUB_API_URL", "https://[", "GITHUB_API_URL must be an address"),
        ("GITHUB_API_URL", "http://api.github.com", "GITHUB_API_URL must begin with https://"),
        ("GITHUB_API_URL", "http://127.0.0.1.evil.example", "GITHUB_API_URL must begin with https://"),
        ("GITHUB_API_URL", "https://me:secret@api.github.com", "GITHUB_API_URL must be an address"),
    ],
)
def test_a_wrong_value_is_said_without_showing_it(configured, name, value, words):
    setattr(configured, name, value)
    assert missing_settings().startswith(words) and "secret" not in missing_settings()
