from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from sounds.engines.stable_audio.files import MODEL, TEXT_ENCODER
from tests.support.fake_hub import FakeHub
from tests.support.studio import Studio

WEIGHTS = 300_000


@pytest.fixture
def anything(tmp_path: Path) -> Path:
    """Files that are called like those of the model, and hold anything."""
    folder = tmp_path / "published"
    for files, place in ((MODEL.files, folder), (TEXT_ENCODER.files, folder / "t5-base")):
        place.mkdir(parents=True)
        for number, name in enumerate(files):
            size = WEIGHTS if name.endswith(".safetensors") else 2_000
            (place / name).write_bytes(random.Random(f"{place.name}{number}").randbytes(size))
    return folder


@pytest.fixture
def hub(anything: Path, monkeypatch: pytest.MonkeyPatch):
    """A hub that holds both repositories, known to this very process."""
    from huggingface_hub import constants

    with serving(anything) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        template = f"{hub.address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield hub


@pytest.fixture
def real_hub(tiny: Path):
    """A hub that holds the tiny model."""
    with serving(tiny) as hub:
        yield hub


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a person who never used the hub."""
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def installing(studio: Studio, real_hub: FakeHub, home: Path) -> Studio:
    """A studio for which that hub is the only one."""
    return know_only(real_hub, studio, home)


def know_only(hub: FakeHub, studio: Studio, home: Path) -> Studio:
    """Have the studio know no other hub, for a person with that home."""
    for name in [name for name in studio.environment if name.startswith(("HF_", "HUGGING"))]:
        del studio.environment[name]
    studio.environment |= {"HOME": str(home), "HF_HOME": str(home / "hf"), "HF_ENDPOINT": hub.address}
    return studio


def serving(folder: Path) -> FakeHub:
    """A hub that holds what lies in that folder."""
    hub = FakeHub()
    hub.add(MODEL.ids[0], folder, gated=True)
    hub.add(TEXT_ENCODER.ids[0], folder / "t5-base")
    return hub


def failure(studio: Studio, *args: str) -> str:
    """What a command that cannot do it says, in one line and without a traceback."""
    ran = studio.manage(*args, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 2, ran.stderr
    (line,) = ran.stderr.strip().splitlines()
    return line


def installed(studio: Studio) -> bool:
    """Whether the studio finds every file of the model."""
    code = "from sounds.engines.stable_audio.files import find\nprint(find() is not None)"
    return studio.python(code).stdout.strip() == "True"
