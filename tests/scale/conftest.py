"""Machines in data folders of their own, on one database of a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scale.fleet import Fleet
from tests.support import postgres
from tests.support.redis import RedisServer
from tests.support.studio import Studio


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("scale")


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """PostgreSQL, which every `Studio` from now on uses."""
    before = os.environ.get("DATABASE_URL", "")
    with postgres.running() as server:
        os.environ["DATABASE_URL"] = server.url("postgres")
        yield server
    os.environ["DATABASE_URL"] = before


@pytest.fixture(scope="session")
def template(server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that makes a data folder have a prepared database."""
    studio = Studio(tmp_path_factory.mktemp("prepared"))
    studio.manage("prepare")
    return studio.prepared


@pytest.fixture
def fleet(template: Path, tmp_path: Path) -> Iterator[Callable[..., Fleet]]:
    """Makes machines, none of which runs anything yet."""
    fleets: list[Fleet] = []

    def fleet(machines: int = 3, **environment: str) -> Fleet:
        fleets.append(Fleet(tmp_path, template, machines, environment))
        return fleets[-1]

    yield fleet
    for one in fleets:
        one.close()


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.kill()
