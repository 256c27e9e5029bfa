"""Databases of studios as they were, brought up to date by the studio as it is.

`studio-0.1.0.sqlite3.xz` holds a pack of two hooks with two takes each, one of them undone to, one locked;
tags, a rank, a favourite, a build, a release, a theme that somebody edited, a token (`TOKEN`), and one job
that waits. The password of ada is “studio”. Files of sounds are not kept.
"""

from __future__ import annotations

import json
import lzma
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.stream.support import free_port
from tests.support.studio import Studio, wait_for

HERE = Path(__file__).resolve().parent
OLD = sorted(HERE.glob("studio-*.sqlite3.xz"))
TOKEN = "ccb_of_another_age"
KEPT = (
    "accounts_user", "accounts_token", "jobs_job", "jobs_batch", "jobs_event", "sounds_sound",
    "sounds_audiofile", "sounds_slot", "sounds_choice", "sounds_favourite", "sounds_sound_tags",
    "packs_pack", "packs_build", "packs_builditem", "releases_release", "sounds_variation",
)  # fmt: skip


@pytest.fixture(params=OLD, ids=lambda path: path.name.removesuffix(".sqlite3.xz"))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Studio]:
    """A studio whose database is of another age."""
    with lzma.open(request.param) as packed, (tmp_path / "studio.sqlite3").open("wb") as database:
        shutil.copyfileobj(packed, database)
    studio = Studio(tmp_path)
    yield studio
    studio.close()


def test_nothing_is_lost_and_the_studio_works_on(old: Studio):
    before = contents(old)
    old.manage("prepare")
    assert contents(old) == before
    assert old.manage("migrate", "--check").returncode == 0
    assert old.rows("select description from sounds_theme where slug = 'nature'") == [("Edited by ada.",)]

    old.worker()
    wait_for(lambda: set(old.statuses()) == {"succeeded"})  # what waited before the upgrade is made after it

    port = free_port()
    old.environment["API_PORT"] = str(port)
    old.start("manage.py", "web")
    found = wait_for(lambda: ask(port, "/api/sounds?search=complete"))
    assert [sound["take_no"] for sound in found["results"]] == [2, 1]
    assert {tag for sound in found["results"] for tag in sound["tags"]} == {"bright", "kept"}
    (pack,) = ask(port, "/api/packs")["results"]
    assert pack["slug"] == "sci-fi"


def test_a_pack_of_then_is_made_and_built_anew_where_its_files_are_gone(old: Studio, tmp_path: Path):
    old.manage("prepare")
    dist = tmp_path / "dist"
    again = ("generate_pack", "sci-fi", "--hooks", "task_complete,tool_error", "--out", str(dist))
    locked = old.manage(*again, check=False)
    assert "The files of what is chosen for tool_error are gone" in locked.stderr
    old.python("from sounds.models import Slot; Slot.objects.update(locked=False)")
    old.manage(*again)
    old.manage("validate_pack", *map(str, dist.glob("*.zip")))


def contents(studio: Studio) -> dict[str, int]:
    return {table: studio.rows(f"select count(*) from {table}")[0][0] for table in KEPT}


def ask(port: int, path: str) -> Any:
    """What the API says to who holds the old token; nothing while it does not answer yet."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)
    except ConnectionError:
        return None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionError):
            return None
        raise
