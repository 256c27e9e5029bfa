"""Where players look: the home of a person and the folders in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .errors import InstallError
from .words import printable

WINDOWS = os.name == "nt"


@dataclass(frozen=True)
class Places:
    """The folders of one person; all of them absolute."""

    home: Path
    claude_code: Path
    """The folder of Claude Code's settings, which CLAUDE_CONFIG_DIR may have moved."""

    @property
    def ccbell_config(self) -> Path:
        return self.home / ".claude" / "ccbell.config.json"

    @property
    def ccbell_packs(self) -> Path:
        return self.home / ".claude" / "ccbell" / "packs"

    @property
    def peon_packs(self) -> Path:
        return self.home / ".claude" / "hooks" / "peon-ping" / "packs"

    @property
    def openpeon_packs(self) -> Path:
        return self.home / ".openpeon" / "packs"

    @property
    def settings(self) -> Path:
        return self.claude_code / "settings.json"

    @property
    def sounds(self) -> Path:
        return self.claude_code / "sounds"


def places_of(home: str = "") -> Places:
    """The places below a home folder; by default the person's own, with CLAUDE_CONFIG_DIR in force.

    Raises `InstallError` when there is no such folder, or when no JSON can hold its name.
    """
    if home:
        root = _folder(home, "--home")
        return Places(root, root / ".claude")
    if os.environ.get("HOME") == "":  # pathlib would take / or the working folder
        raise InstallError("HOME is set to nothing; name your home folder with --home.")
    try:
        root = _folder(str(Path.home()), "HOME")
    except RuntimeError as error:
        raise InstallError("Your home folder cannot be found; name it with --home.") from error
    moved = os.environ.get("CLAUDE_CONFIG_DIR", "")
    return Places(root, _writable_name(Path(os.path.abspath(moved))) if moved else root / ".claude")


def _folder(name: str, what: str) -> Path:
    path = _writable_name(Path(os.path.abspath(os.path.expanduser(name))))
    if not path.is_dir():
        raise InstallError(f"There is no folder {shown_path(path)}, which {what} names.")
    return path


def _writable_name(path: Path) -> Path:
    """The path, unless its name cannot stand in a config or a command line."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InstallError(
            f"The name of the folder {shown_path(path)} is not UTF-8, so no config can hold it; "
            "choose another with --home."
        ) from error
    if not str(path).isprintable():
        raise InstallError(
            f"The name of the folder {shown_path(path)} holds control characters, with which players "
            "go wrong; choose another with --home."
        )
    return path


def shown_path(path: Path) -> str:
    """A path as it can stand in a sentence, whole."""
    return printable(str(path), 1_000)
