"""A pack for peon-ping and other OpenPeon (CESP) players: its files where they look for packs."""

from __future__ import annotations

from pathlib import Path

from .errors import InstallError
from .pack import OPENPEON, Pack
from .places import Places, shown_path
from .plan import Plan, files_lines, found_at, leaving_of, placing_of
from .receipt import read_receipt
from .words import counted, listed, shown

PLAYER = "cesp"

_AUDIO = (".wav", ".mp3", ".ogg")
_IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".svg")


def folders(places: Places, name: str) -> list[Path]:
    """Where this pack can lie: where to install it, then the other place."""
    both = [places.peon_packs / name, places.openpeon_packs / name]
    return both if places.peon_packs.is_dir() else both[::-1]


def install(pack: Pack, places: Places, *, replaces: bool) -> Plan:
    """openpeon.json and what it names; raises `InstallError` for a pack without it or without a sound."""
    target = folders(places, pack.name)[0]
    sounds = {file for _, entry in pack.categories() if isinstance(file := entry.get("file"), str)}
    if not sounds:
        raise InstallError(
            f"{pack.label} has no {OPENPEON} that names a sound, so CESP players cannot use it."
        )
    for file in sorted(sounds):
        if not file.lower().endswith(_AUDIO):
            raise InstallError(
                f"{pack.label}: {shown(file)} is no WAV, MP3 or OGG file, and CESP allows no other."
            )
    icon = pack.openpeon.get("icon")
    names = sorted(sounds) + ([icon] if isinstance(icon, str) and _is_icon(icon, pack) else [])
    files = {**pack.documents(OPENPEON), **{name: pack.read(name) for name in names}}
    found = found_at(target, replaces)
    placing = placing_of(PLAYER, pack, target, files, found, {})
    categories = sorted({category for category, _ in pack.categories()})
    lines = [
        *files_lines(placing, target, files),
        ("Plays", f"{counted(len(sounds), 'sound')} for {listed(categories)}"),
        ("Then", f"choose it; in peon-ping: peon packs use {pack.name}"),
    ]
    return Plan(lines, placing=placing)


def _is_icon(name: str, pack: Pack) -> bool:
    return name in pack and name.lower().endswith(_IMAGES)


def uninstall(name: str, places: Places) -> Plan:
    """The files out, from whichever place an installer put them in."""
    both = folders(places, name)
    ours = [target for target in both if read_receipt(target)]
    leaving, lines = leaving_of(ours[0] if ours else both[0])
    if len(ours) > 1:
        lines.append(("Still in", f"{shown_path(ours[1])}; run this once more to take it out there too"))
    return Plan(lines, leaving=leaving)
