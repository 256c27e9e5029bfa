"""The audio folder knows nothing of Django: its tests need no settings and no host to close."""

from __future__ import annotations

import pytest


@pytest.fixture
def own_folders() -> None:
    """Instead of the studio's: everything here is written below ``tmp_path``."""


@pytest.fixture
def no_host_outlives_its_test() -> None:
    """Instead of the studio's: nothing here starts one."""
