"""A person at the studio's pages, with workers' work done in a moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from jobs.run import drain
from packs.models import Pack

THREE = ["task_complete", "tool_error", "idle"]
Make = Callable[..., Pack]


@pytest.fixture(autouse=True)
def quick(warm_hosts, presets) -> None:
    cache.clear()


@pytest.fixture
def person(db) -> User:
    return User.objects.create_user("ada", password="ada")


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def make(browser: Client) -> Make:
    """Press “Generate all” on the first page; the pack it leads to, its sounds made unless told otherwise."""

    def press(*, work: bool = True, **wish) -> Pack:
        asked = {"theme": "jazz", "engine": "steady", "hook": THREE} | wish
        answer = browser.post("/", asked)
        assert answer.status_code == 302, answer.content.decode()
        if work:
            drain()
        return Pack.objects.get(slug=answer.url.strip("/").split("/")[1])

    return press
