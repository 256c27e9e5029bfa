"""What a release says on GitHub, whatever the words of the pack are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from packs.models import Build
from releases.notes import notes_of, words
from tests.packs.support import with_sound
from tests.releases.support import make_build

pytestmark = pytest.mark.django_db

NO_CHAR = "\N{REPLACEMENT CHARACTER}"
URL = "https://github.com/somebody/packs/releases/download/sci-fi-v1.0.0/ccbell-sounds-sci-fi-v1.0.0.zip"


def test_sounds_install_lines_licence_and_checksum_are_there(build: Build):
    notes = notes_of(build, URL)
    assert "| hook | sound | plays when | length | loudness |" in notes
    assert "| `task_complete` | Task complete | It is about task\\_complete. | 0.60 s | -17.0 LUFS |" in notes
    for player in ("ccbell", "cesp", "claude-code"):
        line = f"curl -fsSLO {URL} && python3 ccbell-sounds-sci-fi-v1.0.0.zip --for {player}"
        assert line in notes.splitlines()
    assert build.zip_sha256 in notes and "CC0-1.0" in notes


def test_credits_are_named_once(content):
    credited = content
    for hook in ("task_complete", "tool_error"):
        credited = with_sound(credited, hook, attribution="“Bells” by *Ada*\nCC-BY", licence="CC-BY-4.0")
    build = make_build(replace(credited, licence="CC-BY-4.0"))
    notes = notes_of(build, URL)
    assert notes.count("- “Bells” by \\*Ada\\* CC-BY") == 1 and "CC-BY-4.0" in notes


@pytest.mark.parametrize(
    "title, shown",
    [
        ("a | b", "a \\| b"),
        ("one\ntwo\r\n| three", "one two \\| three"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("ask @torvalds, see #1", "ask @<!-- -->torvalds, see #<!-- -->1"),
        ("\x00\x1b[31m\u202e", f"{NO_CHAR}{NO_CHAR}\\[31m{NO_CHAR}"),
        ("[here](http://x)", "\\[here\\](http://x)"),
    ],
)  # fmt: skip
def test_odd_words_are_words_and_nothing_else(title, shown):
    assert words(title) == shown


@given(st.text(max_size=300), st.text(max_size=300))
@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_title_breaks_the_table(build: Build, title: str, credit: str):
    build.manifest["files"]["tool_error"] |= {"title": title, "description": credit, "attribution": credit}
    notes = notes_of(build, URL)
    rows = [line for line in notes.splitlines() if line.startswith("| `")]
    assert len(rows) == 2
    assert all(row.replace("\\\\", "").replace("\\|", "").count("|") == 6 for row in rows)
    assert all(char.isprintable() or char == "\n" for char in notes)
    assert len(notes) < 125_000


def test_a_pack_of_a_thousand_sounds_still_fits(build: Build):
    entry = build.manifest["files"]["tool_error"] | {"description": "|" * 500}
    build.manifest["hooks"] = [f"hook_{number}" for number in range(1000)]
    build.manifest["files"] = {hook: entry | {"attribution": hook * 20} for hook in build.manifest["hooks"]}
    notes = notes_of(build, URL)
    assert len(notes) <= 110_000 and "1000 sounds; manifest.json lists them." in notes
    assert "--for ccbell" in notes
