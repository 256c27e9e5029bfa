"""Every rule of the ccbell client, with a config that breaks it and one that just does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packs.installer.ccbell_rules import EVENTS, Effect, Issue, check_config

FILES = {"/abs/stop.wav", "/abs/idle.wav", "/abs/a b.wav", "/abs/x..y.wav"}
FINE = {"enabled": True, "sound": "custom:/abs/stop.wav", "volume": 0.5, "cooldown": 0}


def check(config: Any) -> list[Issue]:
    data = config if isinstance(config, bytes) else json.dumps(config).encode()
    return check_config(data, lambda path: path in FILES)


def effects(config: Any) -> set[Effect]:
    return {issue.effect for issue in check(config)}


def playing(config: Any) -> dict[str, str]:
    return {issue.event: issue.sound for issue in check(config) if issue.effect is Effect.PLAYS}


def stop(**changes: Any) -> dict[str, Any]:
    return {"events": {"stop": FINE | changes}}


def profile(own: Any, **top: Any) -> dict[str, Any]:
    """A config whose active profile has events of its own."""
    return {"activeProfile": "scifi", "profiles": {"scifi": {"events": own}}} | top


def test_the_example_of_the_reference_plays():
    example = {
        "enabled": True,
        "debug": False,
        "activeProfile": "scifi",
        "quietHours": {"start": "22:00", "end": "07:00"},
        "events": {"stop": FINE},
        "profiles": {"scifi": {"events": {"stop": {"sound": "custom:/abs/idle.wav"}}}},
    }
    assert effects(example) == {Effect.PLAYS}
    assert playing(example) == {"stop": "/abs/idle.wav"}


# What makes the client drop the whole config, and what is just right.

DROPPED = [
    (b'\xef\xbb\xbf{"events": {}}', b'{"events": {}}', "a byte order mark"),
    (b"", b"{}", "an empty file"),
    (b'{"enabled": true,}', b'{"enabled": true}', "a comma too many"),
    (b'{"x": NaN}', b'{"x": null}', "NaN, which Python would take"),
    (b"[]", b" {}\r\n\t", "a list"),
    (b'"text"', b"null", "a text"),
    (b"{} {}", b"{}", "two documents"),
    ({"events": {"tool_error": FINE}}, {"events": {"stop": FINE}}, "an unknown event"),
    ({"events": {"Stop": FINE}}, {"events": {"idle_prompt": FINE}}, "an event in capitals"),
    ({"events": {"": FINE}}, {"events": {"subagent": FINE}}, "an event without a name"),
    ({"events": {"task_complete": None}}, {"events": {}}, "an unknown event that is null"),
    (profile({"Stop": FINE}), profile({"stop": FINE}), "an unknown event in a profile"),
    (stop(volume=1.2), stop(volume=1.0), "a volume above 1"),
    (stop(volume=-0.1), stop(volume=0), "a volume below 0"),
    (stop(volume="0.5"), stop(volume=None), "a volume that is text"),
    (stop(volume=True), stop(volume=1), "a volume that is true"),
    (b'{"events": {"stop": {"volume": 1e999}}}', b'{"events": {"stop": {"volume": 1e-9}}}', "a huge volume"),
    (profile({"stop": {"volume": 1.2}}), profile({"stop": {"volume": 0.2}}), "such a volume in a profile"),
    (stop(cooldown=1.5), stop(cooldown=1), "a cooldown that is no whole number"),
    (stop(cooldown=1.0), stop(cooldown=0), "a cooldown written with a point"),
    (b'{"events": {"stop": {"cooldown": 1e2}}}', b'{"events": {"stop": {"cooldown": 100}}}', "an exponent"),
    (stop(cooldown=-1), stop(cooldown=None), "a negative cooldown"),
    (stop(cooldown=2**63), stop(cooldown=2**63 - 1), "a cooldown beyond 64 bits"),
    (stop(cooldown=10**30), stop(cooldown=9), "a cooldown far beyond 64 bits"),
    (
        b'{"events": {"stop": {"cooldown": ' + b"9" * 9_999 + b"}}}",
        b'{"x": ' + b"9" * 9_999 + b"}",
        "thousands",
    ),
    (stop(enabled="yes"), stop(enabled=True), "a switch that is text"),
    (stop(sound=5), stop(sound=None), "a sound that is a number"),
    ({"events": {"stop": "custom:/abs/stop.wav"}}, {"events": {"stop": {}}}, "an event that is text"),
    ({"events": []}, {"events": None}, "events that are a list"),
    ({"enabled": 1}, {"enabled": None}, "a switch that is a number"),
    ({"debug": "no"}, {"debug": True}, "a debug switch that is text"),
    ({"profiles": []}, {"profiles": {}}, "profiles that are a list"),
    ({"profiles": {"a": []}}, {"profiles": {"a": {}}}, "a profile that is a list"),
    ({"profiles": {"a": {"events": 1}}}, {"profiles": {"a": {"events": None}}}, "events that are a number"),
    ({"activeProfile": "scifi"}, {"activeProfile": "default"}, "a profile that is not there"),
    (
        {"activeProfile": "SciFi", "profiles": {"scifi": {}}},
        {"activeProfile": ""},
        "its name in other letters",
    ),
    ({"activeProfile": 5}, {"activeProfile": None}, "a profile's name that is a number"),
    ({"quietHours": {"start": "24:00"}}, {"quietHours": {"start": "23:59"}}, "an hour that is not there"),
    ({"quietHours": {"end": "7:00"}}, {"quietHours": {"end": "07:00"}}, "an hour of one digit"),
    ({"quietHours": {"end": "07:60"}}, {"quietHours": {"end": ""}}, "a minute that is not there"),
    ({"quietHours": {"end": "07:00\n"}}, {"quietHours": {}}, "a line break after the time"),
    ({"quietHours": {"end": 7}}, {"quietHours": {"end": None}}, "a time that is a number"),
    ({"quietHours": "22:00"}, {"quietHours": None}, "quiet hours that are text"),
    ({"EVENTS": {"nope": {}}}, {"EVENTS": {"stop": {}}}, "an unknown event under a key in capitals"),
    ({"events": {"stop": {"Volume": 2}}}, {"events": {"stop": {"Volume": 1}}}, "a field in capitals"),
    (b'{"enabled": 1, "enabled": true}', b'{"enabled": false, "enabled": true}', "the first of two values"),
    (b'{"a": "\n"}', b'{"a": "\\n"}', "a line break inside text"),
    (b"{\xff}", b'{"a": "\xff"}', "a byte that is no UTF-8, outside of text"),
]


@pytest.mark.parametrize(("broken", "right", "why"), DROPPED, ids=[row[2] for row in DROPPED])
def test_the_whole_config_is_dropped_for(broken, right, why):
    assert Effect.DROPPED in effects(broken), why
    assert Effect.PLAYS not in effects(broken)
    assert Effect.DROPPED not in effects(right)


def test_a_config_that_is_nested_without_end_is_dropped():
    assert effects(b"[" * 100_000) == {Effect.DROPPED}


def test_every_fault_is_named_in_a_sentence_with_its_place():
    (issue,) = (one for one in check(stop(volume=1.2)) if one.effect is Effect.DROPPED)
    assert issue.where == "events.stop.volume"
    assert issue.sentence == "“events.stop.volume” must be from 0.0 to 1.0, not 1.2."
    (issue,) = check({"events": {"tool_error": {}}})
    assert issue.sentence == (
        "The client knows no event “tool_error”; it knows stop, permission_prompt, idle_prompt, subagent."
    )


# Null where Go has a pointer to a struct.


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ({"events": {"stop": None}}, {"events": {"stop": {}}}),
        ({"profiles": {"a": None}}, {"profiles": {"a": {}}}),
        (profile({"stop": None}), profile({"stop": {}})),
        ({"profiles": {"a": {"events": {"stop": None}}}}, {"profiles": {"a": {"events": None}}}),
        (b'{"events": {"stop": {}, "stop": null}}', b'{"events": {"stop": null, "stop": {}}}'),
    ],
)
def test_the_client_panics_over_null(broken, right):
    assert effects(broken) == {Effect.PANIC}
    assert Effect.PANIC not in effects(right)


# What makes one event fall back to the bundled sound.

BUNDLED = [
    ("custom:~/stop.wav", "begins with ~"),
    ("~/stop.wav", "begins with ~"),
    ("custom:sounds/stop.wav", "is no absolute path"),
    ("sounds/stop.wav", "is no absolute path"),
    ("custom:", "is no absolute path"),
    ("CUSTOM:/abs/stop.wav", "is no absolute path"),
    ("custom:{{PACK_DIR}}/stop.wav", "is no absolute path"),
    ("C:\\stop.wav", "is no absolute path"),
    ("custom:/abs/../abs/stop.wav", "contains “..”"),
    ("custom:/abs/x..y.wav", "contains “..”"),
    ("pack:scifi:stop.wav", "The client knows no packs"),
    ("custom:/abs/missing.wav", "names a file that is not there"),
    ("custom:/abs/stop.wav\0", "names a file that is not there"),
    ("custom: /abs/stop.wav", "is no absolute path"),
    ("bundled:Stop", "brings no sound"),
    ("bundled:chime", "brings no sound"),
    ("bundled:../stop", "brings no sound"),
]


@pytest.mark.parametrize(("sound", "words"), BUNDLED)
@pytest.mark.parametrize("config", [stop, lambda sound: profile({"stop": {"sound": sound}})])
def test_the_bundled_sound_plays_instead_of(config, sound, words):
    (issue,) = (one for one in check(config(sound=sound)) if one.effect is not Effect.PLAYS)
    assert issue.effect is Effect.BUNDLED and issue.event == "stop" and issue.where.endswith("stop.sound")
    assert words in issue.sentence
    assert playing(config(sound=sound)) == {}


@pytest.mark.parametrize("sound", ["bundled:stop", "bundled:subagent", "", None])
def test_a_bundled_sound_by_name_is_no_fault(sound):
    assert effects(stop(sound=sound)) == set()


@pytest.mark.parametrize("sound", ["custom:/abs/stop.wav", "/abs/stop.wav", "custom:/abs/a b.wav"])
def test_an_absolute_path_plays(sound):
    assert playing(stop(sound=sound)) == {"stop": sound.removeprefix("custom:")}


# What is ignored.


@pytest.mark.parametrize(
    ("config", "where"),
    [
        ({"_note": "words"}, "_note"),
        ({"Enabled ": 1}, "Enabled "),
        ({"profiles": {"a": {"name": "A"}}}, "profiles.a.name"),
        ({"quietHours": {"days": "all"}}, "quietHours.days"),
        (stop(loop=True), "events.stop.loop"),
    ],
)
def test_an_unknown_key_is_ignored_whatever_its_value(config, where):
    (issue,) = (one for one in check(config) if one.effect is not Effect.PLAYS)
    assert (issue.effect, issue.where) == (Effect.IGNORED, where)


# What plays in the end.


def test_a_profile_changes_only_what_it_names():
    config = profile({"stop": {"volume": 0.1}}, events={"stop": FINE, "idle_prompt": FINE})
    assert playing(config) == {"stop": "/abs/stop.wav", "idle_prompt": "/abs/stop.wav"}


def test_an_empty_sound_in_a_profile_leaves_the_sound_below():
    assert playing(profile({"stop": {"sound": ""}}, events={"stop": FINE})) == {"stop": "/abs/stop.wav"}


def test_a_profile_that_is_not_active_plays_nothing():
    config = profile({"stop": FINE}, activeProfile="default")
    assert effects(config) == set()


def test_a_profile_named_default_is_never_looked_at():
    config = {"activeProfile": "default", "profiles": {"default": {"events": {"stop": FINE}}}}
    assert effects(config) == set()


def test_an_event_may_be_switched_off():
    assert effects(stop(enabled=False)) == {Effect.SILENT}
    assert effects(profile({"stop": {"enabled": False}}, events={"stop": FINE})) == {Effect.SILENT}
    assert playing(profile({"stop": {"enabled": True}}, events=stop(enabled=False)["events"]))


def test_the_client_may_be_switched_off():
    assert effects({"enabled": False} | stop()) == {Effect.SILENT}


def test_all_four_events_can_play():
    assert set(playing({"events": dict.fromkeys(EVENTS, FINE)})) == set(EVENTS)


def test_a_key_that_is_there_twice_grows_a_map_and_replaces_a_value():
    config = (
        b'{"events": {"stop": {"sound": "/abs/stop.wav"}}, "Events": {"idle_prompt": '
        b'{"sound": "nope", "sound": "/abs/idle.wav"}}}'
    )
    assert playing(config) == {"stop": "/abs/stop.wav", "idle_prompt": "/abs/idle.wav"}


def test_half_a_character_is_no_file():
    assert Effect.BUNDLED in effects(rb'{"events": {"stop": {"sound": "/abs/\ud800.wav"}}}')


# Whatever the config is.

keys = st.sampled_from(["events", "profiles", "activeProfile", "stop", "sound", "volume", "Cooldown", "x"])
values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "scifi", "/abs/stop.wav"])
)
documents = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)
)


@given(documents)
@settings(max_examples=200)
def test_no_config_is_too_strange(document):
    for issue in check(json.dumps(document).encode()):
        assert issue.sentence.endswith(".") and "\n" not in issue.sentence


@given(st.binary(max_size=60))
def test_no_bytes_are_too_strange(data):
    assert all(issue.effect in Effect for issue in check(data))
