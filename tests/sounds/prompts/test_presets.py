"""The hooks and themes that come with the studio."""

import pytest

from sounds.engines.procedural.voice import Voice
from sounds.prompts.merge import merged
from sounds.prompts.presets import load_hooks, load_themes, read_toml

HOOKS = [
    "session_start",
    "session_end",
    "prompt_submit",
    "tool_start",
    "tool_complete",
    "tool_error",
    "permission_required",
    "question",
    "idle",
    "task_complete",
    "api_error",
    "subagent_start",
    "subagent_complete",
    "context_limit",
    "user_spam",
]
THEMES = ["sci-fi", "retro-8bit", "nature", "minimal", "mechanical", "ambient", "jazz"]


def test_there_are_the_fifteen_hooks_in_their_order():
    assert [hook.slug for hook in load_hooks()] == HOOKS


def test_there_are_the_seven_themes_in_their_order():
    assert [theme.slug for theme in load_themes()] == THEMES


def test_ccbell_gets_the_four_events_it_knows():
    events = {hook.ccbell_event for hook in load_hooks()} - {""}
    assert events == {"stop", "permission_prompt", "idle_prompt", "subagent"}


def test_cesp_gets_every_category():
    core = {
        "session.start",
        "task.acknowledge",
        "task.complete",
        "task.error",
        "input.required",
        "resource.limit",
    }
    extended = {"user.spam", "session.end", "task.progress"}
    assert {hook.cesp_category for hook in load_hooks()} - {""} == core | extended


def test_permission_is_the_loudest_and_prefers_its_own_event():
    hooks = {hook.slug: hook for hook in load_hooks()}
    permission = hooks["permission_required"]
    assert permission.claude_events == ("PermissionRequest", "Notification:permission_prompt")
    assert permission.loudness_lufs == max(hook.loudness_lufs for hook in hooks.values())


def test_no_two_hooks_have_the_same_rhythm():
    rhythms = [tuple(note.at / hook.length_s for note in hook.motif) for hook in load_hooks()]
    assert len(set(rhythms)) == len(rhythms)


@pytest.mark.parametrize("theme", load_themes(), ids=lambda theme: theme.slug)
def test_a_theme_has_at_least_four_variations_and_every_voice_can_be_played(theme):
    assert len(theme.variations) >= 4
    for voice in ({}, *(variation.voice for variation in theme.variations)):
        assert Voice.from_dict(
            merged({"tonic": theme.tonic, "tempo": theme.tempo, **theme.voice}, voice)
        ).layers


@pytest.mark.parametrize("theme", load_themes(), ids=lambda theme: theme.slug)
def test_a_theme_has_words_and_a_colour_of_its_own(theme):
    others = [other for other in load_themes() if other is not theme]
    assert theme.style
    assert all(variation.style and variation.description for variation in theme.variations)
    assert theme.colour not in {other.colour for other in others}


def test_a_broken_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("sounds.prompts.presets.FOLDER", tmp_path)
    (tmp_path / "hooks.toml").write_text("hooks = [")
    with pytest.raises(ValueError, match=r"hooks\.toml is no TOML"):
        read_toml("hooks.toml")
