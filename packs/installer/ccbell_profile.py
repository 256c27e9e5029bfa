"""Profiles in the document of ccbell's config: one of ours goes in and comes out, the rest stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .ccbell_rules import DEFAULT_PROFILE
from .errors import InstallError
from .words import shown

Record = Mapping[str, Any]
"""What the config held where a profile of ours went, to be put back: of ``profiles`` whether it was
“missing”, “null” or “there”; of the profile its value in a list, empty for none; of ``activeProfile`` the
values to go back to, the first that is still there."""


def put_in(
    document: dict[str, Any],
    name: str,
    events: Mapping[str, Mapping[str, Any]],
    folder: str,
    *,
    record: Record,
    beside: Mapping[str, Record],
    replaces: bool,
) -> dict[str, Any]:
    """Merge a profile into a document, make it the active one, and give the record for its undoing.

    `record` is that of an earlier installation, `beside` has those of other packs by their profiles' names.
    What a person set in an earlier profile of ours stays: switches, volumes, cooldowns, sounds of their own.
    Raises `InstallError` where a profile of somebody else's has the name, unless `replaces`.
    """
    for field in ("profiles", "activeProfile"):
        if sum(key.casefold() == field.casefold() for key in document) > 1:
            raise InstallError(
                f"ccbell.config.json names {shown(field)} twice, in letters that ccbell takes for the same; "
                "make them one."
            )
    profiles_key = key_of(document, "profiles")
    state = _state(document, profiles_key)
    if state != "there":
        document[profiles_key] = {}
    profiles = document[profiles_key]
    before = profiles.get(name)
    ours = is_ours(before, folder)
    if name in profiles and not ours and not replaces:
        raise InstallError(
            f"There is a profile {shown(name)} already that plays other sounds; add --replace to have this "
            "pack's in its place until it is taken out again."
        )
    profiles[name] = _merged(before, events, folder) if ours else {"events": _copied(events)}
    active_key = key_of(document, "activeProfile")
    active = [document[active_key]] if active_key in document else []
    document[active_key] = name
    states = [state, record.get("profiles"), *(other.get("profiles") for other in beside.values())]
    return {
        "profiles": next((one for one in states if one in ("missing", "null")), "there"),
        "profile": record.get("profile", []) if ours else [before] if before is not None else [],
        "activeProfile": _to_go_back_to(active, name, record, beside),
    }


def _to_go_back_to(active: list[Any], name: str, record: Record, beside: Mapping[str, Record]) -> list[Any]:
    """The profiles to make active again, the first that is there then."""
    if active == [name] and record:
        return list(record.get("activeProfile", []))
    others = beside.get(active[0], {}) if active and isinstance(active[0], str) else {}
    return [*active, *others.get("activeProfile", [])]


def take_out(document: dict[str, Any], name: str, folder: str, record: Record) -> bool:
    """Undo `put_in` as far as its work is still there; whether anything of the profile had to stay."""
    profiles_key = key_of(document, "profiles")
    profiles = document.get(profiles_key)
    if not isinstance(profiles, dict) or not is_ours(profiles.get(name), folder):
        return False
    rest = _without_ours(profiles[name], folder)
    if record.get("profile"):
        profiles[name] = record["profile"][0]
    elif rest:
        profiles[name] = rest
    else:
        del profiles[name]
    if not profiles and record.get("profiles") == "missing":
        del document[profiles_key]
    elif not profiles and record.get("profiles") == "null":
        document[profiles_key] = None
    if name not in profiles or record.get("profile"):
        _give_back_active(document, name, profiles, record)
    return bool(rest) and not record.get("profile")


def _give_back_active(
    document: dict[str, Any], name: str, profiles: Mapping[str, Any], record: Record
) -> None:
    key = key_of(document, "activeProfile")
    if document.get(key) != name:
        return  # the person has chosen another meanwhile
    for before in record.get("activeProfile", []):
        if before in (None, "", DEFAULT_PROFILE) or (isinstance(before, str) and before in profiles):
            document[key] = before
            return
    del document[key]


def key_of(fields: Mapping[str, Any], name: str) -> str:
    """How an object spells a field: Go takes any case, and the last of several."""
    spelt = [key for key in fields if key.casefold() == name.casefold()]
    return spelt[-1] if spelt else name


def is_ours(profile: Any, folder: str) -> bool:
    """Whether a profile plays any sound from a folder."""
    return any(in_folder(entry, folder) for entry in events_in(profile).values())


def events_in(profile: Any) -> dict[str, dict[str, Any]]:
    """The events of a profile, or of the config itself, as far as they are well-formed."""
    events = profile.get(key_of(profile, "events")) if isinstance(profile, dict) else None
    events = events if isinstance(events, dict) else {}
    return {event: entry for event, entry in events.items() if isinstance(entry, dict)}


def in_folder(entry: Mapping[str, Any], folder: str) -> bool:
    """Whether an event's sound lies in a folder."""
    sound = entry.get(key_of(entry, "sound"))
    return isinstance(sound, str) and _path(sound).startswith(f"{folder}/")


def _path(sound: str) -> str:
    return sound[len("custom:") :] if sound.startswith("custom:") else sound


def own_sounds(profile: Any, folder: str) -> set[str]:
    """The events that a person gave a sound from elsewhere."""
    return {
        event
        for event, entry in events_in(profile).items()
        if entry.get(key_of(entry, "sound")) and not in_folder(entry, folder)
    }


def _merged(profile: dict[str, Any], events: Mapping[str, Mapping[str, Any]], folder: str) -> dict[str, Any]:
    """An earlier profile of ours with the sounds of now."""
    was = events_in(profile)
    own = own_sounds(profile, folder)
    merged = {event: entry for event, entry in was.items() if not in_folder(entry, folder)}
    fresh = {
        event: _with_settings(entry, was.get(event, {}))
        for event, entry in events.items()
        if event not in own
    }
    order = [*was, *(event for event in events if event not in was)]
    both = {**merged, **fresh}
    return {**profile, key_of(profile, "events"): {event: both[event] for event in order if event in both}}


def _with_settings(entry: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    """An event with its sound of now and everything else as it was set."""
    sound_key = key_of(was, "sound")
    settings = {key: value for key, value in was.items() if key != sound_key}
    fields = {key: value for key, value in entry.items() if key_of(settings, key) not in settings}
    return {
        **{key: value for key, value in fields.items() if key != "sound"},
        **settings,
        "sound": entry["sound"],
    }


def _without_ours(profile: dict[str, Any], folder: str) -> dict[str, Any]:
    """What a person added to a profile of ours; nothing where they added nothing."""
    events_key = key_of(profile, "events")
    events = {event: entry for event, entry in events_in(profile).items() if not in_folder(entry, folder)}
    others = {key: value for key, value in profile.items() if key != events_key}
    return {**others, events_key: events} if events or others else {}


def _state(document: Mapping[str, Any], key: str) -> str:
    if key not in document:
        return "missing"
    return "null" if document[key] is None else "there"


def _copied(events: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {event: dict(entry) for event, entry in events.items()}
