"""Hooks in the document of Claude Code's settings: ours go in and come out, the rest stays.

``hooks`` has a list of groups for each event, a group has a ``matcher`` and a list of commands. Ours are
known by their command: it runs play.sh and ends in a shell comment with the pack's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import InstallError
from .strict_json import Number
from .words import shown

Wanted = Mapping["tuple[str, str]", str]
"""Event and matcher (``""`` for none) to the command."""
Made = Mapping[str, Any]
"""What of the containers is ours: ``hooks``, true or false, and ``events``, the names of their lists."""

TIMEOUT_S = 5
"""The commands return at once; Claude Code would wait a minute for one that does not."""

# The whole of what `player.command` writes: in a command of a person's, the tag alone makes it no pack's.
_OURS = re.compile(r"sh \S.*/play\.sh'? \S.* \|\| :  # ccbell-sounds:([A-Za-z0-9_-]+)")


def tag_of(name: str) -> str:
    """The comment by which the commands of a pack are known."""
    return f"# ccbell-sounds:{name}"


def packs_in(document: Mapping[str, Any]) -> set[str]:
    """The packs that have hooks in a document."""
    _check(document)
    return {pack for _, _, handlers in _groups(document) for handler in handlers if (pack := _pack(handler))}


def put_in(document: dict[str, Any], wanted: Wanted, made: Made) -> dict[str, Any]:
    """Add these hooks, in the place of any that are ours, and say which containers are ours now.

    Raises `InstallError` for settings whose ``hooks`` are not built as Claude Code reads them.
    """
    _check(document)
    made_hooks, made_events = _made(made)
    if "hooks" not in document:
        document["hooks"] = {}
        made_hooks = True
    placed = _replace(document, wanted)
    hooks = document["hooks"]
    for (event, matcher), command in wanted.items():
        if (event, matcher) not in placed:
            if event not in hooks:
                hooks[event] = []
                made_events.add(event)
            handler = {"type": "command", "command": command, "timeout": Number(str(TIMEOUT_S))}
            hooks[event].append({**({"matcher": matcher} if matcher else {}), "hooks": [handler]})
    return _prune(document, made_hooks, made_events)


def take_out(document: dict[str, Any], name: str, made: Made) -> None:
    """Remove the hooks of a pack, and the containers that were made for it where nothing is left in them."""
    _check(document)
    _replace(document, {}, only=name)
    _prune(document, *_made(made))


def _made(made: Made) -> tuple[bool, set[str]]:
    events = made.get("events")
    names = {event for event in events if isinstance(event, str)} if isinstance(events, list) else set()
    return made.get("hooks") is True, names


def _replace(document: dict[str, Any], wanted: Wanted, only: str = "") -> set[tuple[str, str]]:
    """Give our commands their new text where they stand, drop those not wanted, and say which stand."""
    placed = set()
    for event, group, handlers in list(_groups(document)):
        key = (event, group.get("matcher") or "")
        kept = []
        for handler in handlers:
            pack = _pack(handler)
            if not pack or (only and pack != only):
                kept.append(handler)
            elif key in wanted and key not in placed:
                placed.add(key)
                kept.append({**handler, "command": wanted[key]})
        if kept or not handlers:
            group["hooks"] = kept
        else:
            document["hooks"][event] = [one for one in document["hooks"][event] if one is not group]
    return placed


def _prune(document: dict[str, Any], made_hooks: bool, made_events: set[str]) -> dict[str, Any]:
    hooks = document.get("hooks", {})
    for event in [event for event in made_events if not hooks.get(event)]:
        hooks.pop(event, None)
        made_events.discard(event)
    if made_hooks and not hooks:
        document.pop("hooks", None)
        made_hooks = False
    return {"hooks": made_hooks, "events": sorted(made_events)}


def _groups(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """Event, group and commands of every group that is well-formed."""
    for event, groups in document.get("hooks", {}).items():
        for group in groups:
            handlers = group.get("hooks") if isinstance(group, dict) else None
            if isinstance(handlers, list) and isinstance(group.get("matcher") or "", str):
                yield event, group, handlers


def _pack(handler: Any) -> str:
    """The pack whose hook it is; ``""`` for somebody else's."""
    command = handler.get("command") if isinstance(handler, dict) else None
    found = _OURS.fullmatch(command) if isinstance(command, str) else None
    return found.group(1) if found else ""


def _check(document: Mapping[str, Any]) -> None:
    hooks = document.get("hooks", {})
    if not isinstance(hooks, dict):
        raise InstallError(f"“hooks” in the settings must be an object, not {shown(hooks)}; mend that first.")
    for event, groups in hooks.items():
        if not isinstance(groups, list):
            raise InstallError(
                f"“hooks.{event}” in the settings must be a list, not {shown(groups)}; mend that first."
            )
