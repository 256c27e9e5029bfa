"""Sounds go into the rows of our hooks, in their order, and into rows of their own where we have none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packs.importing.found import FoundPack, FoundSound
from packs.importing.rows import Row, rows_for
from sounds.models import Hook

HOOKS = [
    Hook(slug="tool_error", cesp_category="task.error"),
    Hook(slug="task_complete", cesp_category="task.complete", ccbell_event="stop"),
    Hook(slug="api_error", cesp_category="task.error"),
    Hook(slug="subagent_complete", cesp_category="task.complete", ccbell_event="subagent"),
]


def found(vocabulary: str, *events: str) -> FoundPack:
    sounds = [
        FoundSound(event=event, file=f"{number}.wav", title="", licence="CC0-1.0", attribution="")
        for number, event in enumerate(events)
    ]
    plain: dict[str, Any] = dict.fromkeys(
        ("name", "display_name", "version", "description", "author", "author_github", "licence", "homepage"),
        "",
    )
    return FoundPack(document="", vocabulary=vocabulary, sounds=sounds, **plain)


def placed(rows: list[Row]) -> dict[str, list[str]]:
    return {row.key: [sound.file for sound in row.sounds] for row in rows}


def test_the_sounds_of_a_category_go_to_its_hooks_and_then_to_the_first():
    rows = rows_for(found("cesp_category", *["task.complete"] * 4, "task.error"), HOOKS)
    assert placed(rows) == {
        "tool_error": ["4.wav"], "task_complete": ["0.wav", "2.wav", "3.wav"], "subagent_complete": ["1.wav"]
    }  # fmt: skip


def test_events_of_ccbell_and_hooks_of_ours_are_found_by_name():
    assert placed(rows_for(found("ccbell_event", "subagent", "stop"), HOOKS)) == {
        "task_complete": ["1.wav"], "subagent_complete": ["0.wav"],
    }  # fmt: skip
    assert placed(rows_for(found("slug", "api_error", "task.error"), HOOKS)) == {
        "api_error": ["0.wav"], "task_error": ["1.wav"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "event, key", [("deploy.done", "deploy_done"), ("日本", "sound"), ("", "sound"), ("A b/ü!", "a-bu")]
)
def test_an_event_no_hook_has_gets_a_row_called_like_it(event, key):
    (row,) = rows_for(found("cesp_category", event), HOOKS)
    assert (row.key, row.hook) == (key, None)


def test_hooks_without_an_event_get_no_sound_for_an_event_without_a_name():
    (row,) = rows_for(found("ccbell_event", ""), HOOKS)
    assert (row.key, row.hook) == ("sound", None)


def test_two_events_that_would_be_called_alike_get_two_rows():
    events = found("cesp_category", "a.b", "日本", "a_b", "категория", "a.b", "x" * 70, "x" * 80)
    assert placed(rows_for(events, HOOKS)) == {
        "a_b": ["0.wav", "4.wav"], "sound": ["1.wav"], "a_b-2": ["2.wav"], "sound-2": ["3.wav"],
        "x" * 64: ["5.wav"], "x" * 60 + "-2": ["6.wav"],
    }  # fmt: skip


def test_a_hook_called_like_an_event_takes_it():
    (row,) = rows_for(found("cesp_category", "api.error"), HOOKS)
    assert row.hook is HOOKS[2]


@given(st.lists(st.text(max_size=80) | st.sampled_from(["task.error", "task.complete"]), max_size=20))
def test_every_sound_gets_into_exactly_one_row_that_can_be_addressed(events):
    rows = rows_for(found("cesp_category", *events), HOOKS)
    files = [sound.file for row in rows for sound in row.sounds]
    assert sorted(files) == sorted(f"{number}.wav" for number in range(len(events)))
    for row in rows:
        assert (
            row.key
            and len(row.key) <= 64
            and all(c.isascii() and (c.isalnum() or c in "_-") for c in row.key)
        )
    assert len({row.key for row in rows}) == len(rows)
