"""A pack for the ccbell client: its files, and a profile in the client's config.

The client has no packs. It reads ``~/.claude/ccbell.config.json``, drops it whole over one fault, and plays
its bundled sounds then without a word; so what is written here is judged by `ccbell_rules` first.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import ccbell_profile as profiles
from . import config_file
from .ccbell_rules import DEFAULT_PROFILE, Effect, Issue, check_config
from .ccbell_sounds import Chosen, choose
from .config_file import ConfigChange
from .errors import InstallError
from .pack import CCBELL_PACK, MANIFEST, Pack
from .places import WINDOWS, Places, shown_path
from .plan import Lines, Plan, files_lines, found_at, leaving_of, placing_of
from .receipt import read_receipt, receipts_beside
from .words import listed, shown

PLAYER = "ccbell"

_FATAL = (Effect.DROPPED, Effect.PANIC)


def folders(places: Places, name: str) -> list[Path]:
    """Where this pack can lie."""
    return [places.ccbell_packs / name]


def install(pack: Pack, places: Places, *, replaces: bool) -> Plan:
    """The pack's files, and a profile that plays them made the active one.

    Raises `InstallError` for a pack or a config that the client would not play.
    """
    (target,) = folders(places, pack.name)
    _refuse_place(target)
    chosen = choose(pack)
    files = {**pack.documents(MANIFEST, CCBELL_PACK), **chosen.files}
    found = found_at(target, replaces)
    path = places.ccbell_config
    before = config_file.read(path)
    _refuse_broken(path, before)
    document = config_file.document_of(path, before)
    record = found.receipt.config if found.receipt else {}
    beside = {name: receipt.config for name, receipt in receipts_beside(target).items()}
    now = profiles.put_in(
        document,
        pack.name,
        _entries(chosen, target),
        str(target),
        record=record,
        beside=beside,
        replaces=replaces,
    )
    now["made_file"] = before is None or any(one.get("made_file") for one in (record, *beside.values()))
    after = config_file.changed(before, document)
    placing = placing_of(PLAYER, pack, target, files, found, now)
    there = {str(target / name) for name in (*files, *(placing.kept if placing else found.others))}
    issues = check_config(after, lambda name: name in there or _is_elsewhere(name, target))
    own = profiles.own_sounds(document[profiles.key_of(document, "profiles")][pack.name], str(target))
    _refuse_worse(path, before, issues, (*_FATAL, Effect.BUNDLED))
    _refuse_unplayed(issues, {e: str(target / file) for e, file in chosen.events.items() if e not in own})
    lines = [
        *files_lines(placing, target, files),
        ("Config", f"profile “{pack.name}” in {shown_path(path)}, made the active one"),
        *_played(chosen, own, issues),
        *_quiet_hours(document),
        *[("Left out", sentence) for sentence in chosen.left_out],
    ]
    return Plan(lines, ConfigChange(path, before, after), placing)


def uninstall(name: str, places: Places) -> Plan:
    """The profile and the files out, the profile that was active before back."""
    (target,) = folders(places, name)
    path = places.ccbell_config
    receipt = read_receipt(target)
    record = receipt.config if receipt else {}
    before = config_file.read(path)
    document = config_file.document_of(path, before)
    stays = profiles.take_out(document, name, str(target), record)
    after = config_file.changed(before, document) if before is not None else None
    if not document and record.get("made_file"):
        after = None
    if after is not None:
        _refuse_worse(path, before, check_config(after, os.path.exists), _FATAL)
    leaving, lines = leaving_of(target)
    if before != after:
        lines.append(("Config", f"profile “{name}” out of {shown_path(path)}"))
        active = document.get(profiles.key_of(document, "activeProfile")) or "default"
        lines.append(("Plays", f"ccbell has the profile {shown(active)} active now"))
    if stays:
        lines.append(("Kept", f"the profile “{name}” stays for what you added to it"))
    if leaving and (pointing := _pointing_into(document, target)):
        words = f"{listed(pointing)} in {shown_path(path)}; ccbell plays its bundled sound there"
        lines.append(("Names it", words))
    return Plan(lines, ConfigChange(path, before, after), leaving=leaving)


def _entries(chosen: Chosen, target: Path) -> dict[str, dict[str, Any]]:
    return {
        event: {**chosen.settings[event], "sound": f"custom:{target / file}"}
        for event, file in chosen.events.items()
    }


def _refuse_place(target: Path) -> None:
    """Refuse what the client would: paths must begin with / and hold no two dots, wherever they stand."""
    if WINDOWS:
        raise InstallError(
            "ccbell takes only paths that begin with /, so it cannot play packs on Windows; "
            "install for claude-code instead."
        )
    if ".." in str(target):
        raise InstallError(
            f"ccbell plays nothing from a path that contains “..”, as {shown_path(target)} does; "
            "choose another folder with --home."
        )
    if target.name == DEFAULT_PROFILE:
        raise InstallError("ccbell never looks at a profile named “default”; rename the pack.")


def _refuse_broken(path: Path, before: bytes | None) -> None:
    issues = check_config(before, os.path.exists) if before is not None else []
    for issue in issues:
        if issue.effect in _FATAL:
            what = "drops this config whole" if issue.effect is Effect.DROPPED else "crashes on this config"
            raise InstallError(
                f"{shown_path(path)} is left as it is: ccbell {what} already. {issue.sentence} Mend it first."
            )


def _refuse_worse(path: Path, before: bytes | None, issues: Sequence[Issue], bad: Collection[Effect]) -> None:
    """Refuse when anything would come to a bad effect that did not before."""
    known = {
        (issue.effect, issue.where) for issue in (check_config(before, os.path.exists) if before else [])
    }
    for issue in issues:
        if issue.effect in bad and (issue.effect, issue.where) not in known:
            raise InstallError(
                f"{shown_path(path)} is left as it is: ccbell would not play any more what it plays "
                f"now. {issue.where}: {issue.sentence}"
            )


def _refuse_unplayed(issues: Iterable[Issue], ours: Mapping[str, str]) -> None:
    playing = {issue.event: issue.sound for issue in issues if issue.effect is Effect.PLAYS}
    silent = {issue.where for issue in issues if issue.effect is Effect.SILENT}
    for event, path in ours.items():
        if playing.get(event) != path and not {"enabled", event} & silent:
            raise InstallError(f"Nothing was changed: ccbell would not play {shown(path)} for “{event}”.")


def _is_elsewhere(name: str, target: Path) -> bool:
    return not name.startswith(f"{target}/") and os.path.exists(name)


def _played(chosen: Chosen, own: Iterable[str], issues: Iterable[Issue]) -> Lines:
    """What the client does from now on, event by event."""
    silent = [issue for issue in issues if issue.effect is Effect.SILENT]
    off = {issue.where for issue in silent}
    playing = [f"{event} ({file})" for event, file in chosen.events.items() if event not in {*own, *off}]
    lines = [] if "enabled" in off or not playing else [("Plays", f"ccbell plays {listed(playing)}")]
    lines += [("Kept", f"your own sound for {event}") for event in chosen.events if event in own]
    return [*lines, *(("Silent", issue.sentence) for issue in silent)]


def _quiet_hours(document: Mapping[str, Any]) -> Lines:
    hours = document.get(profiles.key_of(document, "quietHours"))
    hours = hours if isinstance(hours, dict) else {}
    start, end = (hours.get(profiles.key_of(hours, key)) for key in ("start", "end"))
    return [("Silent", f"Quiet hours are from {start} to {end}.")] if start and end else []


def _pointing_into(document: Mapping[str, Any], target: Path) -> list[str]:
    """The places of a config that name a file of a folder."""
    everywhere = document.get(profiles.key_of(document, "profiles"))
    places = {"": document}
    for name, profile in everywhere.items() if isinstance(everywhere, dict) else ():
        places[f"profiles.{name}."] = profile
    return [
        f"{at}events.{event}"
        for at, holder in places.items()
        for event, entry in profiles.events_in(holder).items()
        if profiles.in_folder(entry, str(target))
    ]
