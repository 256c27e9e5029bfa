"""``install_model --from DIR``: files that are there already, in a hub-less world."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sounds.weights.conftest import failure, installed
from tests.support.fake_hub import FakeHub
from tests.support.studio import Studio

pytestmark = pytest.mark.slow

MODEL = "stable-audio-open-small"
NAME = "model.safetensors"
ADOPT = ("install_model", MODEL, "--yes", "--json", "--from")


@pytest.fixture
def offline(installing: Studio, real_hub: FakeHub) -> Studio:
    real_hub.__exit__()
    return installing


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """The model in a plain folder that a test may spoil."""
    shutil.copytree(tiny, tmp_path / "copy")
    return tmp_path / "copy"


def adopt(studio: Studio, folder: Path) -> dict[str, Any]:
    ran = studio.manage(*ADOPT, str(folder), check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def test_a_plain_folder_is_adopted_without_a_copy_a_token_or_a_network(offline, copy):
    folders = adopt(offline, copy)["folders"]
    weights = Path(folders[f"stabilityai/{MODEL}"], NAME)
    assert weights.samefile(copy / NAME)
    assert weights.resolve().is_relative_to(offline.data / "models")
    offline.environment |= {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(offline.data / "models")}
    code = """
from huggingface_hub import hf_hub_download
print(hf_hub_download("stabilityai/stable-audio-open-small", "model.safetensors", local_files_only=True))
for name in ("config.json", "model.safetensors", "tokenizer.json"):
    print(hf_hub_download("google-t5/t5-base", name, local_files_only=True))
"""
    found, *of_text_encoder = offline.python(code).stdout.split()
    assert Path(found) == weights
    for path in map(Path, of_text_encoder):
        assert path.read_bytes() == (copy / "t5-base" / path.name).read_bytes()


@pytest.mark.parametrize(
    "inside",
    [
        "",
        pytest.param("hub", marks=pytest.mark.exhaustive),
        pytest.param(f"hub/models--stabilityai--{MODEL}", marks=pytest.mark.exhaustive),
    ],
)
def test_a_cache_of_the_hubs_library_is_adopted_whatever_part_of_it_is_named(offline, tiny, tmp_path, inside):
    from tests.support.tiny_model import install

    install(tmp_path / "theirs" / "hub", tiny)
    adopt(offline, tmp_path / "theirs" / inside)
    assert installed(offline)


@pytest.mark.exhaustive
def test_a_folder_without_the_text_encoder_has_it_loaded_from_the_hub(installing, real_hub, copy, tiny):
    shutil.rmtree(copy / "t5-base")
    adopt(installing, copy)
    assert installed(installing)
    assert real_hub.served[NAME] == (tiny / "t5-base" / NAME).stat().st_size


def test_without_text_encoder_and_network_one_sentence_says_where_to_put_it(offline, copy):
    shutil.rmtree(copy / "t5-base")
    said = failure(offline, *ADOPT, str(copy))
    assert (
        "has no t5-base/ with config.json, model.safetensors, tokenizer.json, and it cannot be loaded" in said
    )
    assert not installed(offline)


def test_files_in_the_cache_of_the_hubs_library_are_used_where_they_are(offline, home, tiny):
    from tests.support.tiny_model import install

    install(home / "hf" / "hub", tiny)
    said = offline.manage("install_model", MODEL).stdout
    assert "was installed already; it is checked" in said
    assert str(home / "hf" / "hub") in said
    assert not (offline.data / "models" / f"models--stabilityai--{MODEL}").exists()


def narrower(config: dict[str, Any]) -> None:
    config["model"]["diffusion"]["config"]["embed_dim"] //= 2


def nonsense(config: dict[str, Any]) -> None:
    config.clear()


@pytest.mark.parametrize("spoil", [pytest.param(narrower, marks=pytest.mark.exhaustive), nonsense])
def test_a_config_of_another_model_is_refused(offline, copy, spoil):
    path = copy / "model_config.json"
    config = json.loads(path.read_text())
    spoil(config)
    path.write_text(json.dumps(config))
    assert f"The files lie in {copy}" in failure(offline, *ADOPT, str(copy))
    assert not installed(offline)


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        f"t5-base/{NAME}",
        pytest.param("model_config.json", marks=pytest.mark.exhaustive),
        pytest.param("t5-base/tokenizer.json", marks=pytest.mark.exhaustive),
    ],
)
def test_a_file_that_is_cut_short_is_refused_and_leaves_nothing_behind(offline, copy, name):
    path = copy / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"The files lie in {copy}" in failure(offline, *ADOPT, str(copy))
    assert not installed(offline)
    assert not list((offline.data / "models").rglob("blobs"))


def test_a_folder_that_is_missing_or_lacks_files_is_one_sentence(offline, copy, tmp_path):
    nowhere = tmp_path / "nowhere"
    assert f"There is no folder {nowhere}." in failure(offline, *ADOPT, str(nowhere))
    (copy / NAME).unlink()
    said = failure(offline, *ADOPT, str(copy))
    assert f"{copy} has no model.safetensors; it must hold model_config.json and model.safetensors" in said


def test_a_file_or_links_in_a_circle_instead_of_a_folder_are_one_sentence(offline, copy, tmp_path):
    assert "is a file; name the folder that it lies in." in failure(offline, *ADOPT, str(copy / NAME))
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "leads nowhere; name a folder" in failure(offline, *ADOPT, str(tmp_path / "a"))


def test_an_installation_that_has_rotted_is_noticed_and_mended(offline, copy, tiny):
    weights = Path(adopt(offline, copy)["folders"][f"stabilityai/{MODEL}"], NAME).resolve()
    data = bytearray(weights.read_bytes())
    data[len(data) // 2 :][:1000] = bytes(1000)
    data[-2000:] = bytes(2000)
    weights.unlink()
    weights.write_bytes(data)
    again = adopt(offline, tiny)
    assert not again["already"]
    assert Path(again["folders"][f"stabilityai/{MODEL}"], NAME).read_bytes() == (tiny / NAME).read_bytes()


@pytest.mark.exhaustive
def test_a_damaged_cache_of_the_hubs_library_is_left_alone_and_replaced_by_a_copy_of_ours(
    offline, home, tiny
):
    from tests.support.tiny_model import install

    install(home / "hf" / "hub", tiny)
    (theirs,) = (home / "hf" / "hub").glob(f"models--stabilityai*/snapshots/*/{NAME}")
    theirs.write_bytes(theirs.read_bytes()[:5000])
    result = adopt(offline, tiny)
    assert not result["already"] and theirs.stat().st_size == 5000
    assert str(offline.data / "models") in result["folders"][f"stabilityai/{MODEL}"]


@pytest.mark.exhaustive
def test_what_is_installed_and_whole_is_not_taken_again(offline, copy, tmp_path):
    adopt(offline, copy)
    said = offline.manage("install_model", MODEL, "--yes", "--from", str(tmp_path)).stdout
    assert f"Nothing was taken from {tmp_path}" in said
