"""The line that installs a downloaded pack for a player."""

from __future__ import annotations

from dataclasses import dataclass

from packs.models.build import zip_name


@dataclass(frozen=True, slots=True)
class Player:
    name: str
    line: str
    then: str


_PLAYERS = (
    ("OpenPeon / CESP player", "cesp", "Then choose it; in peon-ping: peon packs use {slug}"),
    ("ccbell", "ccbell", "It plays from the next event on."),
    ("Claude Code alone", "claude-code", "It plays in every session you start from now on."),
)


def install_lines(slug: str, version: str) -> list[Player]:
    """For each kind of player: one line to paste once the zip is downloaded, and what comes of it."""
    return [
        Player(name, f"python3 ~/Downloads/{zip_name(slug, version)} --for {player}", then.format(slug=slug))
        for name, player, then in _PLAYERS
    ]
