"""What tests of the neural engine share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model of the real architecture, small and with random weights; not to be changed."""
    from tests.support.tiny_model import build

    return build(tmp_path_factory.mktemp("tiny"))
