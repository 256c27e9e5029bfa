"""The command line of the installer, in a pack and in the studio alike."""

from __future__ import annotations

import argparse
import contextlib
import io
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import ccbell, cesp, claude_code
from .alone import alone
from .errors import ChangedMeanwhile, InstallError
from .folder import settle
from .pack import Pack
from .places import Places, places_of, shown_path
from .plan import Plan, carry_out
from .words import printable

PLAYERS: dict[str, Any] = {module.PLAYER: module for module in (ccbell, cesp, claude_code)}
MISTAKE = 2
"""The exit code for what a person has to mend."""

_MOST_TRIES = 5
_LONGEST_LINE = 4_000


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    pack: Path
    player: str
    home: str = ""
    dry_run: bool = False
    uninstall: bool = False
    replaces: bool = False


def add_arguments(parser: Any) -> None:
    """The options, for argparse's parser or Django's."""
    parser.add_argument(
        "--for", dest="player", required=True, choices=sorted(PLAYERS), help="who is to play the pack"
    )
    parser.add_argument("--home", type=_named, metavar="DIR", help="the home folder to install into (yours)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--uninstall", action="store_true", help="take out what was put in, and nothing else")
    parser.add_argument(
        "--replace", action="store_true", help="move aside what lies under the pack's name and is not ours"
    )


def _named(folder: str) -> str:
    if not folder:  # of a variable that is not set; nobody means their own home by it
        raise argparse.ArgumentTypeError("it names no folder")
    return folder


def main(arguments: Sequence[str], pack: Path) -> int:
    """Install the pack that this is part of; the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"python3 {shlex.quote(sys.argv[0])}", description="Install this pack of sounds."
    )
    add_arguments(parser)
    given = parser.parse_args(arguments)
    wish = Wish(pack, given.player, given.home or "", given.dry_run, given.uninstall, given.replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of fewer letters shows “?” for the others
    try:
        print(fulfil(wish, again=f"python3 {shlex.quote(sys.argv[0])}"))
    except InstallError as error:
        print(error, file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print("Stopped; what was begun is put back.", file=sys.stderr)
        return 130
    return 0


def fulfil(wish: Wish, *, again: str, label: str = "") -> str:
    """Install or uninstall a pack, and say what was done.

    Parameters
    ----------
    again
        The command line up to its options, for the line that says how to undo it.
    label
        What to call the pack in a sentence; by default the name of its file or folder.

    Raises
    ------
    InstallError
        For everything a person can mend; nothing is changed then, or what was begun is put back.
    """
    try:
        return _fulfil(wish, again, label)
    except OSError as error:
        raise InstallError(
            f"{shown_path(Path(error.filename or ''))} cannot be used ({error.strerror})."
        ) from error


def _fulfil(wish: Wish, again: str, label: str) -> str:
    places = places_of(wish.home)
    with contextlib.closing(Pack(wish.pack, label)) as pack:
        player = PLAYERS[wish.player]
        if wish.dry_run:
            return _told(wish, pack, _plan(wish, player, pack, places), again)
        with alone(places.home):
            for folder in player.folders(places, pack.name):
                settle(folder)
            plan, backup = _done(lambda: _plan(wish, player, pack, places), wish)
        kept = [("Backup", f"the config as it was is {shown_path(backup)}")] if backup else []
        return _told(wish, pack, plan, again, kept)


def _plan(wish: Wish, player: Any, pack: Pack, places: Places) -> Plan:
    if wish.uninstall:
        return player.uninstall(pack.name, places)
    return player.install(pack, places, replaces=wish.replaces)


def _done(plan: Callable[[], Plan], wish: Wish) -> tuple[Plan, Path | None]:
    """Plan and carry out, anew when somebody else wrote the config in between."""
    for _ in range(_MOST_TRIES):
        with contextlib.suppress(ChangedMeanwhile):
            made = plan()
            return made, carry_out(made)
    raise InstallError(
        f"Another program keeps writing the config of {wish.player}; nothing was changed. Try again."
    )


def _told(wish: Wish, pack: Pack, plan: Plan, again: str, more: Sequence[tuple[str, str]] = ()) -> str:
    lines = [*plan.lines, *more]
    if wish.dry_run and plan.config and plan.config.is_one and plan.config.before is not None:
        lines.append(("Backup", f"the config as it is would be kept beside {shown_path(plan.config.path)}"))
    if not wish.uninstall and not wish.dry_run:
        lines.append(("Undo", f"{again} --for {wish.player}{_home(wish)} --uninstall"))
    width = max((len(label) for label, _ in lines), default=0)
    body = [f"  {label.ljust(width)}  {printable(text, _LONGEST_LINE)}" for label, text in lines]
    return "\n".join([_headline(wish, pack, plan), *body])


def _headline(wish: Wish, pack: Pack, plan: Plan) -> str:
    # Any zip of the pack takes it out, whichever version is in.
    title = pack.name if wish.uninstall else f"{pack.name} {printable(pack.version)}".strip()
    if wish.uninstall and not plan.changes_anything:
        return f"{pack.name} is not installed for {wish.player}; there is nothing to take out."
    if not plan.changes_anything:
        return f"{title} is installed for {wish.player} already; nothing had to be changed."
    verb = "taken out of" if wish.uninstall else "installed for"
    if wish.dry_run:
        return f"A dry run: nothing was changed. {title} would be {verb} {wish.player}:"
    return f"{title} is {verb} {wish.player}."


def _home(wish: Wish) -> str:
    return f" --home {shlex.quote(wish.home)}" if wish.home else ""
