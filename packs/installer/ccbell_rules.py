"""What the ccbell client does with a config, rule by rule, as its Go source does it (January 2026).

This knows nothing of how the studio writes configs: it is the judge of that. The client reads
``~/.claude/ccbell.config.json`` with Go's encoding/json into structs over its defaults, validates the
whole, and then looks up one event. Where Go and Python read JSON differently, this follows Go:
fields of structs match in any case, 1.0 is no integer, ``null`` leaves a field as it was (and makes an
event or a profile a nil pointer), NaN is refused, broken UTF-8 inside a string is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .words import shown

EVENTS = ("stop", "permission_prompt", "idle_prompt", "subagent")
DEFAULT_PROFILE = "default"

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_BUNDLED = re.compile(r"[a-z_]+")
_INT64 = 2**63


class Effect(str, Enum):
    """What the client does about one thing in its config."""

    DROPPED = "the whole config is dropped"
    PANIC = "the client panics"
    BUNDLED = "the bundled sound plays instead"
    SILENT = "nothing plays"
    IGNORED = "ignored"
    PLAYS = "plays"


@dataclass(frozen=True)
class Issue:
    """One thing in a config. For ``PLAYS``, ``sound`` is the file and ``where`` ends in the event."""

    effect: Effect
    where: str
    sentence: str
    event: str = ""
    sound: str = ""


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as Go meets it: keys in order, each as often as it is there."""


class _Float(float):
    """A number written with a point or an exponent, which Go takes for no integer."""


def check_config(config: bytes, exists: Callable[[str], bool]) -> list[Issue]:
    """Say what the client would do with a config, thing by thing; each as if it were the only one.

    Parameters
    ----------
    config
        The bytes of ``ccbell.config.json``.
    exists
        Whether a file is there, by its absolute path.

    Returns
    -------
    list
        Everything that is wrong, ignored or silent, and, where the config survives, a ``PLAYS`` for each
        event that has a sound of its own.
    """
    try:
        document = _parse(config)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).rstrip(".")
        return [_dropped("", f"The config is no JSON: {reason}.")]
    if document is None:  # Go leaves its defaults untouched
        return []
    if not isinstance(document, _Pairs):
        return [_dropped("", "The config must be a JSON object.")]
    fields = _fields(document, _TOP)
    issues = list(_struct(document, _TOP, ""))
    issues += _quiet_hours(fields)
    issues += _profile_missing(fields)
    issues += _profiles(fields)
    for place, event, value in _all_events(fields):
        issues += _event(place, event, value)
    if any(issue.effect in (Effect.DROPPED, Effect.PANIC) for issue in issues):
        return issues
    for place, event, value in _all_events(fields):
        issues += _sound(place, event, value, exists)
    return issues + list(_playing(fields, exists))


def _parse(config: bytes) -> Any:
    # Go replaces broken UTF-8 inside strings, and outside of them it is a syntax error here as there.
    return json.loads(
        config.decode("utf-8", errors="replace"),
        object_pairs_hook=_Pairs,
        parse_float=_Float,
        parse_int=lambda digits: int(digits[:21]),  # enough to be beyond 64 bits; int refuses thousands
        parse_constant=_no_constant,
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


# How Go's decoder sees each struct: field to the test that a value must pass. Null passes everywhere.


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_float(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) != float("inf")


def _is_int(value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and -_INT64 <= value < _INT64


def _is_object(value: Any) -> bool:
    return isinstance(value, _Pairs)


_Fields = dict[str, tuple[str, Callable[[Any], bool]]]
_TOP: _Fields = {
    "enabled": ("true or false", _is_bool),
    "debug": ("true or false", _is_bool),
    "activeProfile": ("text", _is_string),
    "quietHours": ("an object", _is_object),
    "events": ("an object", _is_object),
    "profiles": ("an object", _is_object),
}
_QUIET_HOURS: _Fields = {"start": ("text", _is_string), "end": ("text", _is_string)}
_PROFILE: _Fields = {"events": ("an object", _is_object)}
_EVENT: _Fields = {
    "enabled": ("true or false", _is_bool),
    "sound": ("text", _is_string),
    "volume": ("a number", _is_float),
    "cooldown": ("a whole number of seconds, written without a point", _is_int),
}


def _struct(pairs: _Pairs, known: _Fields, at: str) -> Iterator[Issue]:
    """What decoding an object into a struct refuses, and what it passes over."""
    names = {name.casefold(): name for name in known}
    for key, value in pairs:
        name = names.get(key.casefold())
        if name is None:
            yield Issue(
                effect=Effect.IGNORED, where=at + key, sentence=f"The client ignores {shown(at + key)}."
            )
        elif value is not None and not known[name][1](value):
            yield _dropped(at + key, f"{shown(at + key)} must be {known[name][0]}.")


def _fields(pairs: _Pairs, known: _Fields) -> dict[str, Any]:
    """The struct that results: the last value of a field wins, null changes nothing, maps grow together."""
    names = {name.casefold(): name for name in known}
    result: dict[str, Any] = {}
    for key, value in pairs:
        name = names.get(key.casefold())
        if name is None or not (value is None or known[name][1](value)):
            continue
        if name in ("events", "profiles", "quietHours"):
            earlier = result.get(name, _Pairs())
            result[name] = _Pairs() if value is None else _Pairs([*earlier, *value])
        elif value is not None:
            result[name] = value
    return result


def _map(pairs: _Pairs) -> dict[str, Any]:
    """A Go map: keys by the letter, the last one wins."""
    return dict(pairs)


def _quiet_hours(fields: dict[str, Any]) -> Iterator[Issue]:
    pairs = fields.get("quietHours", _Pairs())
    yield from _struct(pairs, _QUIET_HOURS, "quietHours.")
    for name, value in _fields(pairs, _QUIET_HOURS).items():
        if value and not _TIME.fullmatch(value):
            yield _dropped(f"quietHours.{name}", f"“quietHours.{name}” must be HH:MM, not {shown(value)}.")


def _profile_missing(fields: dict[str, Any]) -> Iterator[Issue]:
    active = fields.get("activeProfile", DEFAULT_PROFILE)
    if active not in ("", DEFAULT_PROFILE) and active not in _map(fields.get("profiles", _Pairs())):
        yield _dropped("activeProfile", f"“activeProfile” names {shown(active)}, which is not in “profiles”.")


def _profiles(fields: dict[str, Any]) -> Iterator[Issue]:
    for name, value in _map(fields.get("profiles", _Pairs())).items():
        place = f"profiles.{name}"
        yield from _struct(value, _PROFILE, f"{place}.") if _is_object(value) else _no_object(place, value)


def _all_events(fields: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Place, name and value of every event, those of every profile too."""
    for event, value in _map(fields.get("events", _Pairs())).items():
        yield f"events.{event}", event, value
    for name, profile in _map(fields.get("profiles", _Pairs())).items():
        if _is_object(profile):
            for event, value in _map(_fields(profile, _PROFILE).get("events", _Pairs())).items():
                yield f"profiles.{name}.events.{event}", event, value


def _event(place: str, event: str, value: Any) -> Iterator[Issue]:
    if event not in EVENTS:
        known = ", ".join(EVENTS)
        yield _dropped(place, f"The client knows no event {shown(event)}; it knows {known}.")
    elif _is_object(value):
        yield from _struct(value, _EVENT, f"{place}.")
        yield from _ranges(place, _fields(value, _EVENT))
    else:
        yield from _no_object(place, value)


def _no_object(place: str, value: Any) -> Iterator[Issue]:
    """A value where Go has a pointer to a struct: null becomes a nil pointer, which is then followed."""
    if value is None:
        yield Issue(effect=Effect.PANIC, where=place, sentence=f"{shown(place)} must not be null.")
    else:
        yield _dropped(place, f"{shown(place)} must be an object, not {shown(value)}.")


def _ranges(place: str, fields: dict[str, Any]) -> Iterator[Issue]:
    if not 0 <= fields.get("volume", 0) <= 1:
        at = f"{place}.volume"
        yield _dropped(at, f"{shown(at)} must be from 0.0 to 1.0, not {shown(fields['volume'])}.")
    if fields.get("cooldown", 0) < 0:
        at = f"{place}.cooldown"
        yield _dropped(at, f"{shown(at)} must not be negative.")


def _dropped(where: str, sentence: str) -> Issue:
    return Issue(effect=Effect.DROPPED, where=where, sentence=sentence)


# Playing: only for a config that was loaded.


def _sound(place: str, event: str, value: Any, exists: Callable[[str], bool]) -> Iterator[Issue]:
    sound = _fields(value, _EVENT).get("sound", "")
    if reason := sound and refusal(sound, exists):
        at = f"{place}.sound"
        yield Issue(effect=Effect.BUNDLED, where=at, sentence=reason, event=event, sound=sound)


def refusal(sound: str, exists: Callable[[str], bool]) -> str:
    """Why the client would not play a sound as it is named, in a sentence; ``""`` when it would."""
    kind, colon, rest = sound.partition(":")
    if colon and kind == "bundled":
        known = _BUNDLED.fullmatch(rest) and rest in EVENTS
        return "" if known else f"The client brings no sound named {shown(sound)}."
    if colon and kind == "pack":
        return f"The client knows no packs, so {shown(sound)} names nothing."
    path = rest if colon and kind == "custom" else sound
    if path.startswith("~"):
        return f"{shown(sound)} begins with ~, which the client does not resolve; write the absolute path."
    if not path.startswith("/"):
        return f"{shown(sound)} is no absolute path."
    if ".." in path:
        return f"{shown(sound)} contains “..”, which the client refuses."
    if "\0" in path or not exists(path):
        return f"{shown(sound)} names a file that is not there."
    return ""


def _playing(fields: dict[str, Any], exists: Callable[[str], bool]) -> Iterator[Issue]:
    """What each event comes to under the active profile, where it plays a file or is switched off."""
    if fields.get("enabled") is False:
        yield Issue(effect=Effect.SILENT, where="enabled", sentence="The client is switched off.")
        return
    profiles = _map(fields.get("profiles", _Pairs()))
    active = fields.get("activeProfile", DEFAULT_PROFILE)
    # Go skips the lookup for the profile named "default", even where one is there.
    profile = profiles.get(active, _Pairs()) if active not in ("", DEFAULT_PROFILE) else _Pairs()
    layers = (_map(fields.get("events", _Pairs())), _map(_fields(profile, _PROFILE).get("events", _Pairs())))
    for event in EVENTS:
        merged: dict[str, Any] = {}
        for layer in layers:
            merged.update((k, v) for k, v in _fields(layer.get(event, _Pairs()), _EVENT).items() if v != "")
        sound = merged.get("sound", "")
        if merged.get("enabled") is False:
            yield Issue(
                effect=Effect.SILENT, where=event, sentence=f"“{event}” is switched off.", event=event
            )
        elif sound and not sound.startswith("bundled:") and not refusal(sound, exists):
            path = sound.removeprefix("custom:")
            sentence = f"“{event}” plays {shown(path)}."
            yield Issue(effect=Effect.PLAYS, where=event, sentence=sentence, event=event, sound=path)
