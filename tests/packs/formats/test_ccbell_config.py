from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from packs.formats import ccbell_config
from packs.formats.ccbell_config import DOCUMENT, PLACEHOLDER, filled
from packs.installer.ccbell_rules import EVENTS, Effect, check_config
from tests.packs.support import change, errors, notes, opened, warnings, with_sound


def template(content) -> dict:
    return json.loads(ccbell_config.write(content)[DOCUMENT])


def test_it_is_a_profile_with_the_four_events_that_the_client_knows(content):
    document = template(content)
    assert document["activeProfile"] == "sci-fi"
    events = document["profiles"]["sci-fi"]["events"]
    assert list(events) == list(EVENTS)
    assert events["stop"] == {
        "enabled": True,
        "sound": "custom:{{PACK_DIR}}/sounds/task_complete.wav",
        "volume": 1.0,
    }


def test_it_never_looks_ready(content):
    (name, data) = next(iter(ccbell_config.write(content).items()))
    assert ".template." in name
    assert "it does not work as it is" in template(content)["_note"]
    issues = check_config(data, lambda path: True)
    assert Effect.PLAYS not in {issue.effect for issue in issues}, "unfilled it must play nothing"


def test_filled_with_an_absolute_folder_the_client_plays_all_four(content):
    data = filled(ccbell_config.write(content)[DOCUMENT], "/home/me/packs/sci-fi")
    assert PLACEHOLDER.encode() not in data
    issues = check_config(data, lambda path: path.startswith("/home/me/packs/sci-fi/sounds/"))
    assert [issue.effect for issue in issues] == [Effect.IGNORED] + [Effect.PLAYS] * 4


def test_hooks_that_the_client_does_not_know_stay_out(content):
    wrong = with_sound(content, "tool_error", ccbell_event="tool_error")
    assert "tool_error" not in json.dumps(template(wrong))


def test_the_first_of_two_sounds_for_one_event_is_taken(content):
    twice = with_sound(content, "session_start", ccbell_event="stop")
    assert template(twice)["profiles"]["sci-fi"]["events"]["stop"]["sound"].endswith("session_start.wav")


def test_a_pack_without_such_sounds_still_has_a_template_that_the_client_takes(content, folder):
    silent = replace(content, sounds=[s for s in content.sounds if not s.ccbell_event])
    data = filled(ccbell_config.write(silent)[DOCUMENT], "/pack")
    assert {issue.effect for issue in check_config(data, lambda path: True)} == {Effect.IGNORED}


def test_what_it_writes_is_valid(folder):
    assert ccbell_config.validate(opened(folder)) == []
    assert ccbell_config.events_of(opened(folder)) == {
        "stop": "sounds/task_complete.wav",
        "permission_prompt": "sounds/permission_required.wav",
        "idle_prompt": "sounds/idle.wav",
        "subagent": "sounds/subagent_complete.wav",
    }


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda c: events(c).update(tool_error={}),
            "knows no event “tool_error”.*: the client drops the whole",
        ),
        (lambda c: events(c)["stop"].update(volume=2), "volume” must be from.*: the client drops the whole"),
        (lambda c: events(c).update(stop=None), "must not be null: the client crashes on it"),
        (
            lambda c: c.update(activeProfile="other"),
            "is not in “profiles”: the client drops the whole config",
        ),
        (
            lambda c: events(c)["stop"].update(sound="custom:{{PACK_DIR}}/sounds/none.wav"),
            "“custom:{{PACK_DIR}}/sounds/none.wav” names a file that is not there: the client plays",
        ),
        (lambda c: events(c)["stop"].update(sound="custom:{{PACK_DIR}}/../x.wav"), "contains “..”"),
        (lambda c: events(c)["stop"].update(sound="custom:sounds/stop.wav"), "is no absolute path"),
        (lambda c: events(c)["stop"].update(sound="custom:/home/me/stop.wav"), "is not there"),
    ],
)
def test_what_the_client_would_not_play_is_an_error(folder, edit, words):
    findings = ccbell_config.validate(opened(change(folder, DOCUMENT, edit)))
    (sentence,) = errors(findings)
    assert re.search(words, sentence)


def events(config: dict) -> dict:
    return config["profiles"]["sci-fi"]["events"]


def test_a_config_that_looks_ready_is_a_warning(folder):
    (folder / DOCUMENT).write_text("{}")
    (sentence,) = warnings(ccbell_config.validate(opened(folder)))
    assert "fits at most one person's machine" in sentence


def test_unknown_keys_and_silent_events_are_notes(folder):
    change(folder, DOCUMENT, lambda c: c.update(theme="dark", _comment="x"))
    change(folder, DOCUMENT, lambda c: events(c)["stop"].update(enabled=False))
    findings = ccbell_config.validate(opened(folder))
    assert notes(findings) == ["The client ignores “theme”.", "“stop” is switched off."]
    assert not errors(findings)


def test_a_template_that_is_no_json_is_an_error(folder):
    (folder / DOCUMENT).write_bytes(b"\xef\xbb\xbf{}")
    assert "the client drops the whole config" in errors(ccbell_config.validate(opened(folder)))[0]


def test_a_pack_without_it_is_a_note(folder):
    (folder / DOCUMENT).unlink()
    findings = ccbell_config.validate(opened(folder))
    assert len(findings) == len(notes(findings)) == 1
    assert ccbell_config.events_of(opened(folder)) == {}


def test_a_template_of_a_megabyte_is_refused(folder):
    (folder / DOCUMENT).write_bytes(b" " * 1_000_001)
    assert errors(ccbell_config.validate(opened(folder))) == [f"{DOCUMENT} is larger than 1,000,000 bytes."]
    assert ccbell_config.references(opened(folder)) == set()
