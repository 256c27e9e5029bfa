"""A pack of real sounds, made once; every test gets its own copy to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from packs.content import PackContent
from tests.packs.support import make_content, unpack, zipped


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> PackContent:
    return make_content(tmp_path_factory.mktemp("takes"))


@pytest.fixture(scope="session")
def good_zip(content: PackContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid pack; not to be changed."""
    return zipped(content, tmp_path_factory.mktemp("zips") / "ccbell-sounds-sci-fi-v1.0.0.zip")


@pytest.fixture
def folder(content: PackContent, tmp_path: Path) -> Path:
    """The valid pack as a folder, to be spoilt."""
    return unpack(content, tmp_path / "sci-fi")
