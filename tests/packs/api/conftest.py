"""A collection of two real sounds, rendered in a moment."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from jobs.run import drain
from sounds.models import Collection
from tests.support.library import JSON
from tests.support.people import client, user

__all__ = ["client", "user"]


@pytest.fixture(autouse=True)
def quick(warm_hosts) -> None:
    cache.clear()


@pytest.fixture
def collection(client: Client, presets) -> Collection:
    """Filled over HTTP, in WAV only, with a take chosen for each of its two hooks."""
    wish = {"theme": "jazz", "engine": "steady", "hooks": ["task_complete", "tool_error"], "formats": ["wav"]}
    told = client.post("/api/generate/batch", wish | {"seed": 3}, JSON).json()
    drain()
    return Collection.objects.get(uuid=told["collection"])
