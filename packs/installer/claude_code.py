"""A pack for Claude Code alone: its files, and a hook in the settings for every event it has a sound for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import claude_hooks as hooks
from . import config_file, player
from .claude_version import TOLERANT, Version, installed_version, is_new, takes, written
from .config_file import ConfigChange
from .errors import InstallError
from .pack import MANIFEST, Pack, is_pcm16
from .places import Places, shown_path
from .plan import Plan, files_lines, found_at, leaving_of, placing_of
from .receipt import Receipt, read_receipt, receipts_beside
from .words import counted, listed, shown

PLAYER = "claude-code"

CCBELL_EVENTS = {
    "stop": "Stop",
    "permission_prompt": "Notification:permission_prompt",
    "idle_prompt": "Notification:idle_prompt",
    "subagent": "SubagentStop",
}
"""What ccbell's events are called by Claude Code, which is what makes them."""

_EVENT = re.compile(r"[A-Za-z]+(?::[A-Za-z0-9_|.*-]+)?")


def folders(places: Places, name: str) -> list[Path]:
    """Where this pack can lie."""
    return [places.sounds / name]


def install(pack: Pack, places: Places, *, replaces: bool) -> Plan:
    """The pack's files with a small player, and the hooks; those of a pack before it make way.

    Raises `InstallError` for a pack without a sound for any event, and for settings that are no settings.
    """
    (target,) = folders(places, pack.name)
    version = installed_version()
    events, left_out = _events(pack, version)
    sounds = {file: pack.read(file) for file in events.values()}
    for file, data in sounds.items():
        if not is_pcm16(data):
            raise InstallError(f"{pack.label}: {file} is no 16-bit WAV; build the pack again in a studio.")
    files = {**pack.documents(MANIFEST), **sounds, player.NAME: player.SCRIPT.encode()}
    found = found_at(target, replaces)
    before = config_file.read(places.settings)
    document = config_file.document_of(places.settings, before)
    earlier = [name for name in sorted(hooks.packs_in(document)) if name != pack.name]
    record = _record(found.receipt, *receipts_beside(target).values())
    tag = hooks.tag_of(pack.name)
    wanted = {place: player.command(target, file, tag) for place, file in events.items()}
    made = hooks.put_in(document, wanted, record)
    made["made_file"] = before is None or record["made_file"]
    placing = placing_of(PLAYER, pack, target, files, found, made)
    change = ConfigChange(places.settings, before, config_file.changed(before, document))
    names = [":".join(part for part in place if part) for place in events]
    lines = [
        *files_lines(placing, target, files),
        ("Config", f"{counted(len(names), 'hook')} in {shown_path(places.settings)}"),
        ("Plays", f"Claude Code plays a sound at {listed(names)}"),
        ("Then", "it sounds in the sessions of Claude Code that you start from now on"),
        *[("Replaced", f"the hooks of {shown(name)}, whose files stay where they are") for name in earlier],
        *_off(document),
        *_needed(version, events),
        *[("Left out", sentence) for sentence in left_out],
    ]
    return Plan(lines, change, placing)


def uninstall(name: str, places: Places) -> Plan:
    """The hooks and the files out."""
    (target,) = folders(places, name)
    record = _record(read_receipt(target))
    before = config_file.read(places.settings)
    document = config_file.document_of(places.settings, before)
    hooks.take_out(document, name, record)
    after = config_file.changed(before, document) if before is not None else None
    if not document and record["made_file"]:
        after = None
    leaving, lines = leaving_of(target)
    if before != after:
        lines.append(("Config", f"its hooks out of {shown_path(places.settings)}"))
    return Plan(lines, ConfigChange(places.settings, before, after), leaving=leaving)


def _record(*receipts: Receipt | None) -> dict[str, Any]:
    """Which containers were made by any of some packs."""
    records = [receipt.config for receipt in receipts if receipt]
    events = {event for record in records for event in record.get("events") or ()}
    return {
        "hooks": any(record.get("hooks") is True for record in records),
        "events": sorted(events),
        "made_file": any(record.get("made_file") is True for record in records),
    }


def _events(pack: Pack, version: Version | None) -> tuple[dict[tuple[str, str], str], list[str]]:
    """Event and matcher to the sound's file, the first of two for one place; and what is left out."""
    events: dict[tuple[str, str], str] = {}
    left_out: list[str] = []
    unknown: list[str] = []
    for name, file in list(_by_manifest(pack)) or list(_by_pack_json(pack)):
        event, _, matcher = name.partition(":")
        if not _EVENT.fullmatch(name):
            left_out.append(f"{file}: {shown(name)} is no event of Claude Code.")
        elif version and not takes(version, event):
            unknown.append(name)
        elif (event, matcher) in events:
            left_out.append(f"{file}: {events[event, matcher]} sounds at {name} already.")
        else:
            events[event, matcher] = file
    if version and unknown:
        left_out.append(
            f"Claude Code {written(version)} does not know {listed(unknown)}, and would skip the whole "
            "settings for that; update Claude Code, and run this again."
        )
    if not events:
        if left_out:
            raise InstallError(f"{pack.label} has no sound that can be installed: {left_out[0]}")
        raise InstallError(
            f"{pack.label} names no sound for an event of Claude Code; take it into a studio with "
            "manage.py import_pack, and build it there."
        )
    return events, left_out


def _by_manifest(pack: Pack) -> Iterator[tuple[str, str]]:
    for entry in pack.entries.values():
        event = entry.get("claude_event")
        if isinstance(event, str) and event and (file := pack.path_of(entry)):
            yield event, file


def _by_pack_json(pack: Pack) -> Iterator[tuple[str, str]]:
    events = pack.ccbell.get("events")
    for event, file in events.items() if isinstance(events, dict) else ():
        if event in CCBELL_EVENTS and isinstance(file, str):
            yield CCBELL_EVENTS[event], file


def _needed(version: Version | None, events: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """What to watch for where it cannot be told which Claude Code reads the settings."""
    newer = sorted({event for event, _ in events if is_new(event)})
    if version or not newer:
        return []
    words = (
        f"Claude Code {written(TOLERANT)} or newer; an older one may skip the whole settings "
        f"for {listed(newer)}"
    )
    return [("Needs", words)]


def _off(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    if document.get("disableAllHooks") is not True:
        return []
    return [("Silent", "“disableAllHooks” is true in these settings, so nothing sounds until it is false.")]
