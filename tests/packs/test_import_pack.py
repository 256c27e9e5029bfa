"""`import_pack` as people run it: in a process of its own, on a data folder of its own."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.packs.importing.conftest import Pack, cesp
from tests.packs.support import tone, write_audio
from tests.support.studio import Studio

__all__ = ["cesp"]

pytestmark = pytest.mark.slow


def run(studio: Studio, *args: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    ended = studio.manage("import_pack", *map(str, args), check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended


def test_a_pack_comes_in_and_its_sounds_are_shown(studio: Studio, good_zip):
    studio.python('from accounts.models import User; User.objects.create_user("ada")')
    lines = run(studio, good_zip, "--owner", "ada").stdout.splitlines()
    assert lines[0].split() == ["hook", "duration", "loudness", "meant", "true", "peak", "from"]
    assert any(line.startswith("idle") and "sounds/idle.wav" in line for line in lines)
    assert "Sci-Fi 1.0.0 is here as the pack sci-fi, licence CC0-1.0." in lines
    assert "It earns the badge: even, quick and clean." in lines
    assert studio.rows("select u.username from sounds_collection c join accounts_user u on u.id = c.owner_id")
    assert set(studio.statuses()) == {"succeeded"}


def test_programs_get_json_and_a_late_pack_its_badge(studio: Studio, cesp: Pack):
    pack = cesp({"task.complete": ["sounds/a.mp3"], "session.start": ["sounds/b.wav"]})
    write_audio(pack / "sounds/a.mp3", tone(silence_s=0.5))
    plain = run(studio, pack)
    assert "Sounds that miss the badge: 2 of 2; --remaster masters such anew." in plain.stdout
    made = json.loads(run(studio, pack, "--remaster", "--json", "--title", "Orcs", "--slug", "orcs").stdout)
    assert (made["pack"], made["title"], made["badge"], made["misses"]) == ("orcs", "Orcs", True, [])
    assert made["from"] == {
        "document": "openpeon.json", "name": "peon", "version": "1.2.0", "licence": "CC-BY-NC-4.0"
    }  # fmt: skip
    rows = [(row["hook"], row["remastered"], row["chosen"]) for row in made["sounds"]]
    assert rows == [
        ("session_start", False, False), ("session_start", True, True),
        ("task_complete", False, False), ("task_complete", True, True),
    ]  # fmt: skip


def test_a_sound_that_does_not_come_in_is_told_and_the_rest_stands(studio: Studio, cesp: Pack):
    pack = cesp({"session.start": ["a.wav"], "session.end": ["b.wav"]})
    (pack / "b.wav").write_bytes(b"RIFF\x04\x00\x00\x00WAVE")
    ended = run(studio, pack, code=1)
    assert "Not all came in:\nb.wav cannot be decoded" in ended.stderr and "a.wav" in ended.stdout
    told = json.loads(run(studio, pack, "--json", code=1).stdout)
    assert [(failed["sound"], failed["file"]) for failed in told["failed"]] == [("B", "b.wav")]
    assert len(told["sounds"]) == 1


@pytest.mark.parametrize(
    "args, words",
    [
        (["nothing.zip"], "nothing.zip cannot be opened: No such file or directory."),
        (["README.md"], "README.md is no zip, or its end is missing"),
        (["docs"], "docs is no sound pack: it holds none of manifest.json, openpeon.json, pack.json."),
        (["PACK", "--slug", "Not Good"], "“Not Good” is no name for a pack"),
        (["PACK", "--owner", "nobody"], "There is no user nobody"),
    ],
)
def test_a_mistake_is_one_sentence_and_leaves_nothing(studio: Studio, good_zip, args, words):
    ended = run(studio, *(good_zip if arg == "PACK" else arg for arg in args), code=2)
    assert words in ended.stderr and ended.stdout == "" and len(ended.stderr.strip().splitlines()) == 1
    assert studio.rows("select count(*) from packs_pack") == [(0,)] and studio.statuses() == []
