"""Hooks, themes and variations are read from plain data, and mistakes are named."""

import json

import pytest

from sounds.prompts.specs import HookSpec, ThemeSpec, VariationSpec

HOOK = {
    "slug": "tool_start",
    "name": "Tool start",
    "description": "A tool begins.",
    "claude_events": ["PreToolUse"],
    "intent": "tick",
    "gesture": "a tick",
    "length_s": 0.5,
    "loudness_lufs": -24,
    "motif": [{"at": 0, "semitones": [12]}],
}
VARIATION = {"slug": "soft", "name": "Soft", "description": "Softer.", "style": "soft"}
THEME = {
    "slug": "plain",
    "name": "Plain",
    "description": "Plain.",
    "style": "plain",
    "colour": "#aabbcc",
    "tempo": 1.0,
    "tonic": "A4",
    "voice": {"layers": {}},
    "variations": [VARIATION],
}


@pytest.mark.parametrize(("kind", "data"), [(HookSpec, HOOK), (ThemeSpec, THEME), (VariationSpec, VARIATION)])
def test_a_spec_survives_a_trip_through_json(kind, data):
    spec = kind.from_dict(data)
    assert kind.from_dict(json.loads(json.dumps(spec.as_dict()))) == spec


@pytest.mark.parametrize(("kind", "data"), [(HookSpec, HOOK), (ThemeSpec, THEME), (VariationSpec, VARIATION)])
def test_an_unknown_key_is_named(kind, data):
    with pytest.raises(ValueError, match="key 'colur'"):
        kind.from_dict(data | {"colur": "red"})


@pytest.mark.parametrize(("kind", "data"), [(HookSpec, HOOK), (ThemeSpec, THEME), (VariationSpec, VARIATION)])
def test_a_missing_key_is_named(kind, data):
    with pytest.raises(ValueError, match="lacks the key 'name'"):
        kind.from_dict({key: value for key, value in data.items() if key != "name"})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("slug", "Tool Start", "needs a slug"),
        ("name", 7, "name = 7; it must be text"),
        ("length_s", "long", "length_s = 'long'; it must be a number"),
        ("length_s", True, "length_s = True"),
        ("length_s", 9.0, "must be 0.5 … 5"),
        ("loudness_lufs", 3.0, "must be −40 … −8"),
        ("motif", [], "wrong motif"),
        ("motif", "beep", "it must be a list"),
        ("motif", [{"at": 0, "semitone": 3}], "no key 'semitone'"),
        ("motif", [{"at": -1}], "at must lie in"),
        ("motif", [{"semitones": ["high"]}], "semitones must be a number"),
    ],
)
def test_a_wrong_value_in_a_hook_is_named(key, value, message):
    with pytest.raises(ValueError, match=message):
        HookSpec.from_dict(HOOK | {key: value})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("colour", "blue", "write it as #rrggbb"),
        ("tempo", 9.0, "must be 0.25 … 4"),
        ("voice", [], "it must be a table"),
        ("variations", [VARIATION, VARIATION], "'soft' twice"),
        ("variations", [{"slug": "x"}], "lacks the key"),
    ],
)
def test_a_wrong_value_in_a_theme_is_named(key, value, message):
    with pytest.raises(ValueError, match=message):
        ThemeSpec.from_dict(THEME | {key: value})


def test_one_event_may_be_given_without_a_list():
    short = {key: value for key, value in HOOK.items() if key != "claude_events"} | {
        "claude_event": "PreToolUse"
    }
    assert HookSpec.from_dict(short).claude_events == ("PreToolUse",)


def test_the_preferred_event_is_the_first():
    hook = HookSpec.from_dict(HOOK | {"claude_events": ["PermissionRequest", "Notification"]})
    assert hook.claude_event == "PermissionRequest"
    assert HookSpec.from_dict(HOOK | {"claude_events": []}).claude_event == ""


def test_a_theme_finds_its_variation_or_lists_those_it_has():
    theme = ThemeSpec.from_dict(THEME)
    assert theme.variation("soft").name == "Soft"
    with pytest.raises(ValueError, match="no variation 'hard'; it has soft"):
        theme.variation("hard")
