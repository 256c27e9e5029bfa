"""ccbell-config.template.json: what becomes a profile of the ccbell client once the pack's place is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from packs.archive import OpenedPack, PackError
from packs.content import PackContent
from packs.formats.documents import Findings, as_json
from packs.formats.files import sound_path
from packs.installer.ccbell_rules import EVENTS, Effect, Issue, check_config
from packs.installer.pack import PLACEHOLDER as PLACEHOLDER
from packs.installer.pack import TEMPLATE
from packs.report import Finding

DOCUMENT = TEMPLATE
RULES = "ccbell"
NOTE = (
    "A template: it does not work as it is. The client takes absolute paths only, so each placeholder "
    "has to be replaced by the absolute path of the folder this file is in: install.py does that."
)

_PACK_DIR = "/pack"  # any absolute folder: the client's rules are the same for all of them


def write(content: PackContent) -> dict[str, bytes]:
    """The template: a profile named like the pack, with the four events that the client knows.

    The volume is 1.0 because the files already have the loudness they are meant to have, and because
    half of the client's players ignore the volume: at 1.0 all of them sound alike.
    """
    events: dict[str, Any] = {}
    for sound in content.sounds:
        if sound.ccbell_event in EVENTS:
            path = f"custom:{PLACEHOLDER}/{sound_path(sound)}"
            events.setdefault(sound.ccbell_event, {"enabled": True, "sound": path, "volume": 1.0})
    profile = {"events": {event: events[event] for event in EVENTS if event in events}}
    document = {"_note": NOTE, "activeProfile": content.name, "profiles": {content.name: profile}}
    return {DOCUMENT: as_json(document)}


def filled(template: bytes, pack_dir: str) -> bytes:
    """The config that a template becomes in a folder, as sed would make it."""
    return template.replace(PLACEHOLDER.encode(), pack_dir.encode())


def validate(pack: OpenedPack) -> list[Finding]:
    """Apply the client's own rules to the config that the template becomes once the pack has a place."""
    findings = Findings(RULES, DOCUMENT)
    if DOCUMENT not in pack:
        findings.note("", f"The pack holds no {DOCUMENT}; the ccbell client has to be set up by hand.")
        return findings
    try:
        template = pack.read(DOCUMENT)
    except PackError as error:
        findings.error("", str(error))
        return findings
    for issue in check_config(filled(template, _PACK_DIR), _exists_in(pack)):
        _add(issue, findings)
    _check_template(template, findings)
    return findings


def _add(issue: Issue, findings: Findings) -> None:
    where = issue.where
    sentence = issue.sentence.replace(f"{_PACK_DIR}/", f"{PLACEHOLDER}/")
    if issue.effect in (Effect.DROPPED, Effect.PANIC):
        what = "drops the whole config" if issue.effect is Effect.DROPPED else "crashes on it"
        findings.error(where, f"{sentence.rstrip('.')}: the client {what}.")
    elif issue.effect is Effect.BUNDLED:
        findings.error(where, f"{sentence.rstrip('.')}: the client plays its bundled sound instead.")
    elif issue.effect is Effect.SILENT or (issue.effect is Effect.IGNORED and not where.startswith("_")):
        findings.note(where, sentence)


def _check_template(template: bytes, findings: Findings) -> None:
    if PLACEHOLDER.encode() not in template:
        findings.warning("", f"{DOCUMENT} has no {PLACEHOLDER}, so it fits at most one person's machine.")


def _exists_in(pack: OpenedPack) -> Callable[[str], bool]:
    return lambda path: path.startswith(f"{_PACK_DIR}/") and path.removeprefix(f"{_PACK_DIR}/") in pack


def events_of(pack: OpenedPack) -> dict[str, str]:
    """The client's events that the filled template plays a file of the pack for, and that file."""
    try:
        template = pack.read(DOCUMENT) if DOCUMENT in pack else b""
    except PackError:
        return {}
    issues = check_config(filled(template, _PACK_DIR), _exists_in(pack)) if template else []
    return {
        issue.event: issue.sound.removeprefix(f"{_PACK_DIR}/")
        for issue in issues
        if issue.effect is Effect.PLAYS
    }


def references(pack: OpenedPack) -> set[str]:
    """The files that the filled template plays."""
    return set(events_of(pack).values())
