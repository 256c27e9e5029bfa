"""pack.json: the pack convention that the ccbell client plans."""

from __future__ import annotations

from typing import Any

from packs.archive import OpenedPack, shown
from packs.content import PackContent
from packs.formats.documents import (
    Findings,
    Key,
    as_json,
    check_keys,
    is_object,
    load,
    matching,
    peek,
    text,
)
from packs.formats.files import sound_path
from packs.installer.ccbell_rules import EVENTS
from packs.report import Finding

DOCUMENT = "pack.json"
RULES = "ccbell"
PROVIDER = "ccbell-sound-studio"


def write(content: PackContent) -> dict[str, bytes]:
    """pack.json: the four events that the client knows, the first sound for each."""
    events: dict[str, str] = {}
    for sound in content.sounds:
        if sound.ccbell_event in EVENTS:
            events.setdefault(sound.ccbell_event, sound_path(sound))
    document = {
        "id": content.name,
        "name": content.display_name or content.name,
        "description": content.description,
        "author": content.author,
        "version": content.version,
        "events": {event: events[event] for event in EVENTS if event in events},
        "source": {"provider": PROVIDER, "license": content.licence},
    }
    return {DOCUMENT: as_json(document)}


KEYS = (
    Key("id", "letters, digits, - and _", matching(r"[A-Za-z0-9_-]+"), True),
    Key("name", "text", text(least=1), True),
    Key("description", "text", text()),
    Key("author", "text", text()),
    Key("version", "text such as 1.0.0", text(least=1), True),
    Key("events", "an object of events and their files", is_object, True),
    Key("source", "an object with provider and license", is_object),
)
SOURCE_KEYS = (Key("provider", "text", text()), Key("license", "text", text()))


def validate(pack: OpenedPack) -> list[Finding]:
    """Hold pack.json against its table and against the files it names."""
    findings = Findings(RULES, DOCUMENT)
    if DOCUMENT not in pack:
        findings.note("", "The pack holds no pack.json, by which later ccbell clients will know it.")
        return findings
    if (document := load(pack, DOCUMENT, findings)) is None:
        return findings
    check_keys(document, KEYS, findings)
    if is_object(document.get("source")):
        check_keys(document["source"], SOURCE_KEYS, findings, at="source.")
    if is_object(document.get("events")):
        for event, name in document["events"].items():
            _check_event(pack, event, name, findings)
    return findings


def _check_event(pack: OpenedPack, event: str, name: Any, findings: Findings) -> None:
    at = f"events.{event}"
    if event not in EVENTS:
        known = ", ".join(EVENTS)
        findings.error(at, f"The client knows no event {shown(event)}; it knows {known}.")
    if not isinstance(name, str) or not name:
        findings.error(at, f"{shown(at)} must be the name of a file, not {shown(name)}.")
    elif name not in pack:
        findings.error(at, f"{shown(name)} is missing from the pack.")


def references(pack: OpenedPack) -> set[str]:
    """The files that pack.json names and the pack holds."""
    return set(events_of(pack).values())


def events_of(pack: OpenedPack) -> dict[str, str]:
    """The client's events that pack.json has an existing file for."""
    events = peek(pack, DOCUMENT).get("events")
    events = events if isinstance(events, dict) else {}
    return {
        event: events[event]
        for event in EVENTS
        if isinstance(events.get(event), str) and events[event] in pack
    }
