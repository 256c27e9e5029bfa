"""`validate_pack` as people run it: one sentence for what is wrong, exit code 2, no traceback."""

from __future__ import annotations

import json
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.support.studio import Studio

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Studio, Path]:
    """A studio with one good pack in it."""
    studio = Studio(tmp_path_factory.mktemp("validate"))
    studio.manage("prepare")
    answer = studio.manage(
        "generate_pack", "minimal", "--hooks", "task_complete,tool_error", "--json", "--out", str(studio.data)
    ).stdout
    return studio, Path(json.loads(answer)["zip"])


def copied(good: Path, to: Path, **changes: bytes | None) -> Path:
    """The pack with some files replaced; None leaves one out."""
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(to, "w") as target:
        for name in source.namelist():
            content = changes.get(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
    return to


def truncated(good: Path, to: Path) -> Path:
    to.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    return to


def escaping(good: Path, to: Path) -> Path:
    copied(good, to)
    with zipfile.ZipFile(to, "a") as archive:
        archive.writestr("../../outside.txt", "x")
    return to


def doubled(good: Path, to: Path) -> Path:
    copied(good, to)
    with zipfile.ZipFile(to, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", "{}")
    return to


def lying(good: Path, to: Path) -> Path:
    with zipfile.ZipFile(good) as archive:
        other = archive.read("sounds/tool_error.wav")
    return copied(good, to, **{"sounds/task_complete.wav": other})


def bomb(good: Path, to: Path) -> Path:
    with (
        zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("sounds/task_complete.wav", "w") as file,
    ):
        for _ in range(1024):
            file.write(bytes(1024 * 1024))
    return to


def no_zip(good: Path, to: Path) -> Path:
    to.write_text("hello")
    return to


@pytest.mark.parametrize(
    "harm, words",
    [
        (truncated, "its end is missing"),
        (escaping, "outside"),
        (doubled, "manifest.json"),
        (lying, "checksum"),
        (bomb, "MB"),
        (no_zip, "is no zip"),
    ],
)
def test_a_harmful_or_broken_pack_is_refused_in_words(made, tmp_path, harm, words):
    studio, good = made
    ended = studio.manage("validate_pack", str(harm(good, tmp_path / "bad.zip")), check=False)
    assert ended.returncode == 2
    assert words in ended.stdout and "error" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert not Path("/outside.txt").exists() and not (tmp_path.parent / "outside.txt").exists()


def test_a_good_pack_is_praised(made):
    studio, good = made
    said = studio.manage("validate_pack", str(good)).stdout
    assert "minimal 1.0.0: valid; registry gate gold; our badge yes; ccbell 1/4" in said


def test_scripts_get_the_whole_report(made):
    studio, good = made
    report = json.loads(studio.manage("validate_pack", str(good), "--json").stdout)
    assert report["valid"] and report["gate"] == "gold" and report["badge"]
    assert report["files"]["sounds/tool_error.wav"]["sample_rate_hz"] == 44_100


def test_what_is_not_there_is_said_in_words(made):
    studio, _ = made
    ended = studio.manage("validate_pack", "/no/such/pack.zip", check=False)
    assert ended.returncode == 2 and "There is no file or folder /no/such/pack.zip." in ended.stderr
