from __future__ import annotations

import json
from dataclasses import replace

import pytest

from packs.formats import ccbell_pack
from packs.formats.ccbell_pack import DOCUMENT
from tests.packs.support import change, errors, notes, opened, with_sound


def test_it_has_the_keys_of_the_convention(content):
    assert json.loads(ccbell_pack.write(content)[DOCUMENT]) == {
        "id": "sci-fi",
        "name": "Sci-Fi",
        "description": "Futuristic notification sounds",
        "author": "A. Author",
        "version": "1.0.0",
        "events": {
            "stop": "sounds/task_complete.wav",
            "permission_prompt": "sounds/permission_required.wav",
            "idle_prompt": "sounds/idle.wav",
            "subagent": "sounds/subagent_complete.wav",
        },
        "source": {"provider": "ccbell-sound-studio", "license": "CC0-1.0"},
    }


def test_a_pack_without_a_title_is_called_by_its_name(content):
    assert json.loads(ccbell_pack.write(replace(content, display_name=""))[DOCUMENT])["name"] == "sci-fi"


def test_only_the_clients_events_are_in_it_and_each_once(content):
    changed = with_sound(content, "tool_error", ccbell_event="tool_error")
    changed = with_sound(changed, "session_start", ccbell_event="stop")
    events = json.loads(ccbell_pack.write(changed)[DOCUMENT])["events"]
    assert events["stop"] == "sounds/session_start.wav" and "tool_error" not in events


def test_what_it_writes_is_valid(folder):
    assert ccbell_pack.validate(opened(folder)) == []
    assert len(ccbell_pack.references(opened(folder))) == 4


ROWS = [
    (lambda d: d.pop("id"), "“id” is missing; it must be letters, digits, - and _."),
    (lambda d: d.update(id="a b"), "“id” must be letters, digits, - and _, not “a b”."),
    (lambda d: d.pop("name"), "“name” is missing; it must be text."),
    (lambda d: d.update(author=5), "“author” must be text, not 5."),
    (lambda d: d.update(description=None), "“description” must be text, not null."),
    (lambda d: d.pop("version"), "“version” is missing; it must be text such as 1.0.0."),
    (lambda d: d.update(events=[]), "“events” must be an object of events and their files, not a list."),
    (lambda d: d.update(source="me"), "“source” must be an object with provider and license, not “me”."),
    (lambda d: d["source"].update(license=1), "“source.license” must be text, not 1."),
    (
        lambda d: d["events"].update(tool_error="sounds/tool_error.wav"),
        "The client knows no event “tool_error”; it knows stop, permission_prompt, idle_prompt, subagent.",
    ),
    (lambda d: d["events"].update(stop="sounds/x.wav"), "“sounds/x.wav” is missing from the pack."),
    (lambda d: d["events"].update(stop="../x.wav"), "“../x.wav” is missing from the pack."),
    (lambda d: d["events"].update(stop=None), "“events.stop” must be the name of a file, not null."),
]


@pytest.mark.parametrize(("edit", "sentence"), ROWS)
def test_a_fault_is_an_error_in_a_sentence(folder, edit, sentence):
    assert errors(ccbell_pack.validate(opened(change(folder, DOCUMENT, edit)))) == [sentence]


def test_keys_that_it_does_not_know_are_the_clients_business(folder):
    change(folder, DOCUMENT, lambda d: d.update(prompts={}, downloadUrl="https://example.org"))
    assert ccbell_pack.validate(opened(folder)) == []


@pytest.mark.parametrize(
    ("data", "words"), [(b"{", "is no JSON"), (b"[]", "must hold a JSON object, not a list")]
)
def test_a_document_that_is_none_is_one_error(folder, data, words):
    (folder / DOCUMENT).write_bytes(data)
    (sentence,) = errors(ccbell_pack.validate(opened(folder)))
    assert words in sentence
    assert ccbell_pack.events_of(opened(folder)) == {}


def test_a_pack_without_it_is_a_note(folder):
    (folder / DOCUMENT).unlink()
    assert len(notes(ccbell_pack.validate(opened(folder)))) == 1
