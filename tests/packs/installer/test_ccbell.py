"""ccbell: files and a profile, judged by the client's rules before a byte is written."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packs.installer import ccbell, config_file
from packs.installer.ccbell_rules import EVENTS, Effect, check_config
from packs.installer.receipt import RECEIPT
from tests.packs.installer.support import (
    backups,
    install,
    load,
    refused,
    save,
    tree,
    uninstall,
    without_backups,
)
from tests.packs.support import change, tone, unpack, with_sound, write_audio

FILES = {
    "stop": "task_complete",
    "permission_prompt": "permission_required",
    "idle_prompt": "idle",
    "subagent": "subagent_complete",
}


@pytest.fixture
def config(home):
    return home / ".claude/ccbell.config.json"


def playing(config) -> dict[str, str]:
    """What the client plays for each event, by the files that really lie there."""
    issues = check_config(config.read_bytes(), os.path.exists)
    return {issue.event: issue.sound for issue in issues if issue.effect is Effect.PLAYS}


def effects(config) -> set[Effect]:
    return {issue.effect for issue in check_config(config.read_bytes(), os.path.exists)}


def mine(home) -> dict[str, str]:
    folder = home / ".claude/ccbell/packs/sci-fi"
    return {event: f"{folder}/sounds/{file}.wav" for event, file in FILES.items()}


def test_the_client_plays_all_four_events_from_where_the_files_lie(good_zip, home, config):
    said = install(good_zip, "ccbell", home)
    assert playing(config) == mine(home) and effects(config) == {Effect.PLAYS}
    assert "stop (sounds/task_complete.wav)" in said and "made the active one" in said
    found = tree(home / ".claude/ccbell/packs/sci-fi")
    sounds = {f"sounds/{file}.wav" for file in FILES.values()}
    assert found.keys() == {"manifest.json", "pack.json", "LICENSE", RECEIPT, "sounds", *sounds}


def test_uninstalling_leaves_nothing_but_the_backup(good_zip, home, config):
    install(good_zip, "ccbell", home)
    once = tree(home)
    assert "already; nothing had to be changed" in install(good_zip, "ccbell", home)
    assert tree(home) == once
    uninstall(good_zip, "ccbell", home)
    assert without_backups(tree(home)) == {".claude": None}
    assert "nothing to take out" in uninstall(good_zip, "ccbell", home)


def test_a_config_that_is_there_keeps_everything_else(good_zip, home, config):
    own = home / "own.wav"
    own.touch()
    text = (
        '{\n    "debug": true,\n    "x": [123456789012345678901234567890, 1.50, "é"],\n    "activeProfile": '
        f'"mine",\n    "profiles": {{"mine": {{"events": {{"stop": {{"sound": "{own}"}}}}}}}}\n}}'
    )
    config.parent.mkdir()
    config.write_text(text)
    install(good_zip, "ccbell", home)
    assert "123456789012345678901234567890" in config.read_text() and "1.50" in config.read_text()
    assert list(load(config)) == ["debug", "x", "activeProfile", "profiles"]
    assert load(config)["profiles"]["mine"] == json.loads(text)["profiles"]["mine"]
    assert [backup.read_text() for backup in backups(config.parent)] == [text]
    assert playing(config) == mine(home)
    said = uninstall(good_zip, "ccbell", home)
    assert load(config) == json.loads(text)
    assert "ccbell has the profile “mine” active now" in said


def test_fields_are_found_in_the_case_in_which_they_are_written(good_zip, home, config):
    before = {"Profiles": {"a": {}}, "ACTIVEPROFILE": "a", "QuietHours": {"Start": "22:00", "END": "07:00"}}
    save(config, before)
    said = install(good_zip, "ccbell", home)
    assert list(load(config)) == ["Profiles", "ACTIVEPROFILE", "QuietHours"]
    assert playing(config) == mine(home)
    assert "Quiet hours are from 22:00 to 07:00." in said
    uninstall(good_zip, "ccbell", home)
    assert load(config) == before


def test_an_update_keeps_what_a_person_set_in_the_profile(content, good_zip, home, config, tmp_path):
    install(good_zip, "ccbell", home)
    own = home / "own.wav"
    own.touch()

    def set_up(document: dict[str, Any]) -> None:
        events = document["profiles"]["sci-fi"]["events"]
        events["stop"].update(volume=0.3, cooldown=5)
        events["idle_prompt"]["enabled"] = False
        events["subagent"]["sound"] = f"custom:{own}"
        document["profiles"]["sci-fi"]["_note"] = "mine"

    document = load(config)
    set_up(document)
    save(config, document)
    newer = unpack(with_sound(content, "permission_required", ccbell_event=""), tmp_path / "newer")
    said = install(newer, "ccbell", home)
    events = load(config)["profiles"]["sci-fi"]["events"]
    assert (events["stop"]["volume"], events["stop"]["cooldown"]) == (0.3, 5)
    assert events["idle_prompt"]["enabled"] is False and events["subagent"]["sound"] == f"custom:{own}"
    assert "permission_prompt" not in events, "it was ours, and the newer pack has none"
    assert load(config)["profiles"]["sci-fi"]["_note"] == "mine"
    assert "your own sound for subagent" in said and "“idle_prompt” is switched off." in said
    assert playing(config) == {"stop": mine(home)["stop"], "subagent": str(own)}
    assert "stays for what you added to it" in uninstall(newer, "ccbell", home)
    assert load(config)["profiles"] == {
        "sci-fi": {"events": {"subagent": events["subagent"]}, "_note": "mine"}
    }
    assert Effect.DROPPED not in effects(config)


def test_somebody_elses_profile_of_that_name_is_replaced_only_when_asked_and_comes_back(
    good_zip, home, config
):
    before = {"activeProfile": "sci-fi", "profiles": {"sci-fi": {"events": {"stop": {"volume": 0.1}}}}}
    save(config, before)
    assert "a profile “sci-fi” already that plays other sounds; add --replace" in refused(
        good_zip, "ccbell", home
    )
    install(good_zip, "ccbell", home, replaces=True)
    assert playing(config) == mine(home)
    install(good_zip, "ccbell", home)
    uninstall(good_zip, "ccbell", home)
    assert load(config) == before


def test_a_person_who_chose_another_profile_keeps_it(good_zip, home, config):
    install(good_zip, "ccbell", home)
    document = load(config)
    document["profiles"]["other"] = {}
    save(config, document | {"activeProfile": "other"})
    uninstall(good_zip, "ccbell", home)
    assert load(config) == {"profiles": {"other": {}}, "activeProfile": "other"}


def test_a_profile_that_was_active_before_and_is_gone_is_not_gone_back_to(good_zip, home, config):
    save(config, {"activeProfile": "old", "profiles": {"old": {}}})
    install(good_zip, "ccbell", home)
    document = load(config)
    del document["profiles"]["old"]
    save(config, document)
    uninstall(good_zip, "ccbell", home)
    assert load(config) == {"profiles": {}}


def test_two_packs_come_and_go_in_any_order(content, good_zip, home, config, tmp_path):
    second = unpack(content, tmp_path / "second")
    for document in ("manifest.json", "openpeon.json"):
        change(second, document, lambda value: value.update(name="second"))
    change(second, "pack.json", lambda value: value.update(id="second"))
    before = {"debug": False}
    for order in ((good_zip, second), (second, good_zip)):
        save(config, before)
        install(good_zip, "ccbell", home)
        install(second, "ccbell", home)
        assert all("/second/" in path for path in playing(config).values())
        for pack in order:
            uninstall(pack, "ccbell", home)
            assert Effect.DROPPED not in effects(config)
        assert load(config) == before
    assert without_backups(tree(home)).keys() == {".claude", ".claude/ccbell.config.json"}


# What is refused.

BROKEN = [
    ({"events": {"tool_error": {}}}, "drops this config whole already. The client knows no event"),
    ({"events": {"stop": {"volume": 1.2}}}, "must be from 0.0 to 1.0, not 1.2"),
    ({"events": {"stop": {"cooldown": 1.5}}}, "“events.stop.cooldown” must be a whole number"),
    ({"events": {"stop": None}}, "ccbell crashes on this config already"),
    ({"profiles": {"a": None}}, "crashes on this config"),
    ({"activeProfile": "gone"}, "“activeProfile” names “gone”"),
    ({"quietHours": {"start": "9"}}, "must be HH:MM"),
    ({"profiles": []}, "“profiles” must be an object"),
]


@pytest.mark.parametrize(("document", "words"), BROKEN)
def test_a_config_that_the_client_drops_already_is_left_as_it_is(good_zip, home, config, document, words):
    save(config, document)
    sentence = refused(good_zip, "ccbell", home)
    assert words in sentence and str(config) in sentence and sentence.endswith("Mend it first.")


@pytest.mark.parametrize("data", [b"", b"[]", b"\xef\xbb\xbf{}", b'{"a": 1, "a": 2}', b"\xff", b"["])
def test_a_config_that_is_no_config_is_left_as_it_is(good_zip, home, config, data):
    config.parent.mkdir()
    config.write_bytes(data)
    assert "is left as it is" in refused(good_zip, "ccbell", home)


def test_a_field_in_two_spellings_is_refused(good_zip, home, config):
    save(config, {"profiles": {"a": {}}, "Profiles": {}, "activeProfile": "a"})
    assert "names “profiles” twice" in refused(good_zip, "ccbell", home)


def test_a_folder_in_the_configs_place_is_refused(good_zip, home, config):
    config.mkdir(parents=True)
    assert "is no file; move away what is there" in refused(good_zip, "ccbell", home)


def test_a_home_with_two_dots_in_its_name_is_refused(good_zip, home):
    (home / "a..b").mkdir()
    assert "contains “..”" in refused(good_zip, "ccbell", home / "a..b")


def test_windows_is_refused_in_words(good_zip, home, monkeypatch):
    monkeypatch.setattr(ccbell, "WINDOWS", True)
    assert "on Windows; install for claude-code instead." in refused(good_zip, "ccbell", home)


def test_a_pack_named_default_would_never_be_looked_at(folder, home):
    for document in ("manifest.json", "openpeon.json"):
        change(folder, document, lambda value: value.update(name="default"))
    assert "never looks at a profile named “default”" in refused(folder, "ccbell", home)


def test_an_update_that_would_silence_another_profile_is_refused(content, good_zip, home, config, tmp_path):
    install(good_zip, "ccbell", home)
    document = load(config)
    document["profiles"]["mixed"] = {"events": {"stop": {"sound": mine(home)["permission_prompt"]}}}
    save(config, document)
    newer = unpack(with_sound(content, "permission_required", ccbell_event=""), tmp_path / "newer")
    sentence = refused(newer, "ccbell", home)
    assert "profiles.mixed.events.stop.sound" in sentence and "is not there" in sentence
    assert "profiles.mixed.events.stop in" in uninstall(good_zip, "ccbell", home)


def test_a_faulty_template_is_refused_before_anything_is_written(folder, home, config):
    def spoil(document: dict[str, Any]) -> None:
        document["profiles"]["sci-fi"]["events"]["stop"]["volume"] = 2

    change(folder, "ccbell-config.template.json", spoil)
    assert "“profiles.sci-fi.events.stop.volume” must be from 0.0 to 1.0" in refused(folder, "ccbell", home)


def test_the_client_that_is_switched_off_gets_its_pack_and_a_word_about_it(good_zip, home, config):
    save(config, {"enabled": False})
    said = install(good_zip, "ccbell", home)
    assert "The client is switched off." in said and "ccbell plays" not in said


# Packs of others.


def foreign(folder, *keep: str):
    for name in {"manifest.json", "pack.json", "openpeon.json", "ccbell-config.template.json"} - {*keep}:
        (folder / name).unlink()
    return folder


def test_a_pack_with_pack_json_alone_is_played_by_it(folder, home, config):
    install(foreign(folder, "pack.json"), "ccbell", home)
    assert playing(config) == mine(home)


def test_a_pack_without_a_template_is_played_by_its_manifest(folder, home, config):
    install(foreign(folder, "manifest.json"), "ccbell", home)
    assert playing(config) == mine(home)


def test_a_pack_that_names_no_event_is_refused_and_says_what_to_do(folder, home):
    assert "manage.py import_pack" in refused(foreign(folder, "openpeon.json"), "ccbell", home)


def test_only_16_bit_wav_and_events_that_the_client_knows_go_in(folder, home, config):
    foreign(folder, "pack.json")
    write_audio(folder / "sounds/idle.wav", tone(), subtype="PCM_24")
    change(
        folder, "pack.json", lambda document: document["events"].update(tool_error="sounds/tool_error.wav")
    )
    said = install(folder, "ccbell", home)
    assert (
        "ccbell knows no event “tool_error”." in said and "idle.wav for idle_prompt is no 16-bit WAV" in said
    )
    assert playing(config) == {event: path for event, path in mine(home).items() if event != "idle_prompt"}
    change(folder, "pack.json", lambda value: value.update(events={"stop": "sounds/task_complete.mp3"}))
    assert "no 16-bit WAV for an event of ccbell" in refused(folder, "ccbell", home)


# Whatever the config is.


def test_a_config_that_changes_meanwhile_is_read_again(good_zip, home, config, monkeypatch):
    save(config, {"debug": False})
    real, writes = config_file._put, []

    def put_while_another_writes(path, data, *, like):
        if not writes:
            save(config, {"debug": True})
        writes.append(path)
        real(path, data, like=like)

    monkeypatch.setattr(config_file, "_put", put_while_another_writes)
    install(good_zip, "ccbell", home)
    assert load(config)["debug"] is True and playing(config) == mine(home)


def test_a_config_that_cannot_be_written_leaves_no_files_behind(good_zip, home, config, monkeypatch):
    save(config, {"debug": False})
    real = os.replace

    def fail(source, target):
        if str(target).endswith("config.json"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(config_file.os, "replace", fail)
    assert "cannot be written (No space left on device); it is as it was" in refused(good_zip, "ccbell", home)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
event_entries = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.booleans() | st.none(),
        "sound": st.sampled_from(["bundled:stop", "", "/no/such.wav", "custom:relative.wav", None]),
        "Volume": st.floats(0, 1) | st.none(),
        "cooldown": st.integers(0, 2**63 - 1),
        "x": any_json,
    },
)
some_events = st.dictionaries(st.sampled_from(EVENTS), event_entries)
some_profiles = st.dictionaries(
    st.sampled_from(["default", "mine", "Ünï", "sci fi", ""]),
    st.fixed_dictionaries({}, optional={"events": some_events | st.none(), "name": any_json}),
    max_size=3,
)


@st.composite
def configs(draw: Any) -> dict[str, Any]:
    """Configs that the client takes, however odd."""
    profiles = draw(some_profiles)
    fields = {
        draw(st.sampled_from(["enabled", "Enabled"])): draw(st.sampled_from([True, None])),
        draw(st.sampled_from(["events", "EVENTS"])): draw(some_events | st.none()),
        draw(st.sampled_from(["profiles", "Profiles"])): draw(st.sampled_from([profiles, profiles or None])),
        draw(st.sampled_from(["activeProfile", "activeprofile"])): draw(
            st.sampled_from([*profiles, "default", "", None])
        ),
        "quietHours": draw(st.sampled_from([{}, None, {"start": "22:00", "end": "07:00"}])),
        "_" + draw(st.text(max_size=5)): draw(any_json),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(fields))))
    if any(key.lower() == "activeprofile" for key in chosen):
        chosen |= {key for key in fields if key.lower() == "profiles"}
    return {key: value for key, value in fields.items() if key in chosen}


@given(configs())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_installing_and_uninstalling_gives_back_any_config(good_zip, tmp_path_factory, before):
    home = tmp_path_factory.mktemp("home")
    config = save(home / ".claude/ccbell.config.json", before)
    install(good_zip, "ccbell", home)
    once = load(config)
    assert playing(config) == mine(home)
    assert {key: once[key] for key in before.keys() - ours(before)} == {
        key: before[key] for key in before.keys() - ours(before)
    }
    install(good_zip, "ccbell", home)
    assert load(config) == once
    uninstall(good_zip, "ccbell", home)
    assert load(config) == before
    assert without_backups(tree(home)).keys() == {".claude", ".claude/ccbell.config.json"}


def ours(config: dict[str, Any]) -> set[str]:
    return {key for key in config if key.lower() in ("profiles", "activeprofile")}
