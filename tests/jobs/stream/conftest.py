"""One web server for all tests of a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.stream.support import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prepared_database: Path) -> Iterator[House]:
    data = tmp_path_factory.mktemp("house")
    shutil.copy(prepared_database, data)
    house = House(data)
    yield house
    house.studio.close()
