"""What every test may use."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from tests.support import warm
from tests.support.studio import PLUGIN, Studio

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes follow; not each is to compile anew
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run beside each other: threads that wait in a loop hurt
sys.path.insert(0, str(PLUGIN))  # before the registry is asked for the first time


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings, monkeypatch) -> None:
    """No test reads or writes the data folder, or the models, of the person who runs it."""
    settings.DATA_DIR = tmp_path / "data"
    settings.AUDIO_OUTPUT_DIR = tmp_path / "data" / "audio"
    settings.RUN_DIR = tmp_path / "data" / "run"
    settings.STATIC_ROOT = tmp_path / "data" / "static"
    settings.STATIC_ROOT.mkdir(parents=True)
    settings.MODEL_CACHE_DIR = tmp_path / "data" / "models"
    monkeypatch.setenv("MODEL_CACHE_DIR", str(settings.MODEL_CACHE_DIR))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "MODEL_DEVICE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def nothing_is_spent():
    """What throttles remember is of one test."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def no_host_outlives_its_test():
    yield
    from jobs import lanes, worker
    from sounds import hosts

    hosts.close_all()
    hosts._hosts.clear()
    lanes.release()
    worker.give_up()


@pytest.fixture(scope="session")
def warm_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("warm")
    yield folder
    warm.close()


@pytest.fixture
def warm_hosts(warm_folder: Path, settings, monkeypatch) -> Iterator[None]:
    """Render hosts of earlier tests, which later ones find too: for tests that are not about hosts."""
    settings.RUN_DIR = warm_folder
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    warm.lend()
    yield
    warm.take_back()


@pytest.fixture
def presets(db) -> None:
    """The shipped hooks, themes and variations."""
    from tests.support import shipped

    shipped.load()


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the presets, made once by the real command."""
    studio = Studio(tmp_path_factory.mktemp("prepared"))
    studio.manage("prepare")
    return studio.prepared


@pytest.fixture
def studio(tmp_path: Path, prepared_database: Path):
    """A studio of its own in other processes: a data folder, a database, and the real commands."""
    data = tmp_path / "studio"
    data.mkdir()
    shutil.copy(prepared_database, data)
    studio = Studio(data)
    yield studio
    studio.close()


@pytest.fixture
def unwritable(tmp_path: Path):
    """A folder in which nothing can be written, not even by root."""
    folder = tmp_path / "file"
    folder.write_text("a file where a folder should be")
    return folder / "below"
