"""A studio with sounds, a pack and a build, made once by the real command; every test gets its own copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.studio import Studio


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, prepared_database: Path) -> Path:
    """Its data folder; not to be changed."""
    data = tmp_path_factory.mktemp("made") / "studio"
    data.mkdir()
    shutil.copy(prepared_database, data)
    pack = ("generate_pack", "jazz", "--hooks", "task_complete,idle", "--engine", "steady")
    Studio(data).manage(*pack, "--out", str(data.parent / "dist"))
    return data


@pytest.fixture(scope="session")
def backup_file(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it; not to be changed."""
    file = tmp_path_factory.mktemp("backups") / "studio.zip"
    Studio(made).manage("backup", str(file))
    return file


@pytest.fixture
def studio(made: Path, tmp_path: Path):
    shutil.copytree(made, tmp_path / "studio", ignore=shutil.ignore_patterns("run"))
    studio = Studio(tmp_path / "studio")
    yield studio
    studio.close()


@pytest.fixture
def fresh(tmp_path: Path):
    """Where no studio has ever run: another data folder, and the audio on another disk, as it were."""
    studio = Studio(tmp_path / "fresh", AUDIO_OUTPUT_DIR=str(tmp_path / "elsewhere"))
    yield studio
    studio.close()
