"""Which sound of a pack ccbell plays for which of its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .ccbell_rules import EVENTS
from .errors import InstallError
from .pack import PLACEHOLDER, Pack, is_pcm16
from .strict_json import Number
from .words import shown

_SETTINGS = {"enabled": True, "volume": Number("1.0")}
"""The files have the loudness they are meant to have, and half of the client's players ignore the volume."""


@dataclass(frozen=True)
class Chosen:
    """The client's events that a pack has a sound for."""

    events: Mapping[str, str]
    """Event to the name of its file in the pack."""
    settings: Mapping[str, Mapping[str, Any]]
    """Event to its entry in a profile, all but the sound."""
    files: Mapping[str, bytes]
    left_out: Sequence[str]
    """A sentence for everything that the pack names and that is not installed."""


def choose(pack: Pack) -> Chosen:
    """One sound an event, 16-bit WAV alone; raises `InstallError` when there is none."""
    events: dict[str, str] = {}
    settings: dict[str, Mapping[str, Any]] = {}
    files: dict[str, bytes] = {}
    left_out = []
    for event, file, entry in _offered(pack):
        if event not in EVENTS:
            left_out.append(f"ccbell knows no event {shown(event)}.")
        elif event not in events:
            data = files.get(file) or pack.read(file)
            if is_pcm16(data):
                events[event], settings[event], files[file] = file, entry, data
            else:
                left_out.append(f"{file} for {event} is no 16-bit WAV, which alone is right on every player.")
    if not events:
        raise InstallError(
            f"{pack.label} has no 16-bit WAV for an event of ccbell"
            + (f" ({left_out[0].rstrip('.')})" if left_out else "")
            + "; take it into a studio with manage.py import_pack, and build it there."
        )
    order = [event for event in EVENTS if event in events]
    return Chosen({event: events[event] for event in order}, settings, files, left_out)


def _offered(pack: Pack) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Event, file and entry, from the first document that has any."""
    return list(_by_template(pack)) or list(_by_manifest(pack)) or list(_by_pack_json(pack))


def _by_template(pack: Pack) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    template = pack.template()
    named = template.get("profiles")
    active = template.get("activeProfile")
    profile = named.get(active) if isinstance(named, dict) and isinstance(active, str) else None
    events = profile.get("events") if isinstance(profile, dict) else None
    start = f"custom:{PLACEHOLDER}/"
    for event, entry in events.items() if isinstance(events, dict) else ():
        sound = entry.get("sound") if isinstance(entry, dict) else None
        if isinstance(sound, str) and sound.startswith(start):
            yield event, sound[len(start) :], {key: entry[key] for key in entry if key != "sound"}


def _by_manifest(pack: Pack) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for entry in pack.entries.values():
        event = entry.get("ccbell_event")
        if isinstance(event, str) and event and (file := pack.path_of(entry)):
            yield event, file, _SETTINGS


def _by_pack_json(pack: Pack) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    events = pack.ccbell.get("events")
    for event, file in events.items() if isinstance(events, dict) else ():
        if isinstance(file, str):
            yield event, file, _SETTINGS
