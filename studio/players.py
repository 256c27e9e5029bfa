"""The line that puts a downloaded pack where a player looks for it."""

from __future__ import annotations

from dataclasses import dataclass

from packs.models.build import zip_name


@dataclass(frozen=True, slots=True)
class Player:
    name: str
    line: str
    then: str


_PLACES = (
    ("OpenPeon / CESP player", "~/.openpeon/packs", "Then: peon packs use {slug}"),
    ("ccbell", "~/.claude/ccbell/packs", "Then fill the template, as INSTALL.md in that folder shows."),
    ("Claude Code alone", "~/.claude/sounds", "Then add the hooks that INSTALL.md in that folder lists."),
)


def install_lines(slug: str, version: str) -> list[Player]:
    """For each kind of player: one line to paste, and what is left to do after it."""
    zip_ = f"~/Downloads/{zip_name(slug, version)}"
    return [
        Player(
            name,
            f"mkdir -p {place}/{slug} && unzip -o {zip_} -d {place}/{slug}",
            then.format(slug=slug),
        )
        for name, place, then in _PLACES
    ]
