"""What an installation or its undoing comes to, decided before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import config_file
from .config_file import ConfigChange
from .errors import InstallError
from .folder import (
    Found,
    Placing,
    aside_of,
    holds,
    look,
    missing_folders,
    placed,
    take_out,
    to_keep,
)
from .pack import Pack
from .places import shown_path
from .receipt import RECEIPT, Receipt, read_receipt, receipts_beside, sha256
from .words import counted, listed

Lines = Sequence["tuple[str, str]"]
"""A label and what is to be said under it."""


@dataclass(frozen=True)
class Plan:
    """What is to be done for one player, and how to say it."""

    lines: Lines
    config: ConfigChange | None = None
    placing: Placing | None = None
    """The folder to put in its place; ``None`` where it is there as it should be, or is to go."""
    leaving: Leaving | None = None

    @property
    def changes_anything(self) -> bool:
        return bool(self.placing or self.leaving or (self.config and self.config.is_one))


@dataclass(frozen=True)
class Leaving:
    """A folder to be taken out."""

    target: Path
    found: Found
    folders: Sequence[str]


def carry_out(plan: Plan) -> Path | None:
    """Do it, and give the config's backup; raises as `config_file.write` and `placed` do."""
    if plan.placing:
        with placed(plan.placing):
            return config_file.write(plan.config) if plan.config else None
    backup = config_file.write(plan.config) if plan.config else None
    if plan.leaving:
        take_out(plan.leaving.target, plan.leaving.found, plan.leaving.folders)
    return backup


def found_at(target: Path, replaces: bool) -> Found:
    """What lies at a pack's place; raises `InstallError` for what only ``--replace`` may move away."""
    found = look(target, read_receipt(target))
    if found.others and not found.receipt and not replaces:
        raise InstallError(
            f"{shown_path(target)} is there already, and this installer did not put it there; add --replace "
            "to have it moved aside."
        )
    return found


def placing_of(
    player: str, pack: Pack, target: Path, files: Mapping[str, bytes], found: Found, config: Mapping[str, Any]
) -> Placing | None:
    """The folder that a pack becomes, with its receipt; ``None`` where it is there already."""
    folders = _folders_made(target, found)
    digests = {name: sha256(data) for name, data in files.items()}
    receipt = Receipt(player, pack.name, pack.version, digests, folders, config)
    files = {**files, RECEIPT: receipt.as_bytes()}
    if found.receipt and set(found.ours) == set(digests) and holds(target, files):
        return None
    kept = to_keep(found, target, files) if found.receipt else {}
    aside = aside_of(target) if found.others and not found.receipt else None
    return Placing(target, files, kept, aside)


def _folders_made(target: Path, found: Found) -> list[str]:
    """The folders above that were made for this pack or those beside it: the last to go takes them."""
    made = set(found.receipt.folders if found.receipt else missing_folders(target))
    for receipt in receipts_beside(target).values():
        made.update(receipt.folders)
    return [str(folder) for folder in target.parents if str(folder) in made]


def files_lines(placing: Placing | None, target: Path, files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """What is said of the folder."""
    lines = [("Files", f"{counted(len(files), 'file')} in {shown_path(target)}")]
    if placing and placing.aside:
        lines.append(("Moved", f"what was there before is now {shown_path(placing.aside)}"))
    yours = [f"{old} as {new}" for new, old in placing.kept.items() if new != old] if placing else []
    if yours:
        lines.append(("Kept", f"what you changed: {listed(yours)}"))
    return lines


def leaving_of(target: Path) -> tuple[Leaving | None, list[tuple[str, str]]]:
    """A folder of ours that is to go, and what is said of it."""
    receipt = read_receipt(target)
    found = look(target, receipt)
    if not receipt:
        lines = [("Files", f"{shown_path(target)} stays: this installer did not put it there")]
        return None, lines if found.is_there else []
    lines = [("Files", f"{counted(len(found.ours), 'file')} out of {shown_path(target)}")]
    if found.others:
        lines.append(("Kept", f"the folder stays for what you put there: {listed(found.others)}"))
    return Leaving(target, found, receipt.folders), lines
