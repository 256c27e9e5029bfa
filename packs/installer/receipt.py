"""The receipt in an installed folder: what was put where, so that exactly that can be taken out."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import InstallError
from .names import name_fault
from .places import shown_path
from .strict_json import dump, parse

RECEIPT = ".installed.json"

_VERSION = 1
_SHAPES = {
    "made_file": bool,
    "hooks": bool,
    "events": list,
    "profiles": str,
    "profile": list,
    "activeProfile": list,
}
"""What the players' modules write into a receipt's ``config``."""


@dataclass(frozen=True)
class Receipt:
    """What one installation put down."""

    player: str
    pack: str
    version: str
    files: Mapping[str, str]
    """Name in the folder to the SHA-256 of what was written there."""
    folders: Sequence[str] = ()
    """The folders above it that were made for it, the innermost first."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """What was changed in the player's config; the player's module knows what it means."""

    def as_bytes(self) -> bytes:
        return dump(
            {
                "_note": "What was installed here; the installer takes out exactly this.",
                "receipt": _VERSION,
                "player": self.player,
                "pack": self.pack,
                "version": self.version,
                "files": dict(sorted(self.files.items())),
                "folders": list(self.folders),
                "config": dict(self.config),
            }
        )


def read_receipt(folder: Path) -> Receipt | None:
    """The receipt in a folder, ``None`` where none is; raises `InstallError` for one that was spoilt."""
    path = folder / RECEIPT
    try:
        receipt = parse(path.read_bytes())
        return _checked(receipt)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InstallError(f"{shown_path(path)} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InstallError(
            f"{shown_path(path)} is not what the installer wrote there; delete it, and install the pack "
            "again with --replace."
        ) from error


def receipts_beside(folder: Path) -> dict[str, Receipt]:
    """Name to receipt of the other packs that are installed in the same place, as far as they are legible."""
    found = {}
    with contextlib.suppress(OSError):
        for other in sorted(folder.parent.iterdir()):
            with contextlib.suppress(InstallError):
                receipt = read_receipt(other) if other != folder else None
                if receipt:
                    found[other.name] = receipt
    return found


def _checked(receipt: Any) -> Receipt:
    files, folders, config = receipt["files"], receipt["folders"], receipt["config"]
    if str(receipt["receipt"]) != str(_VERSION) or not isinstance(config, dict):
        raise ValueError
    if not all(isinstance(digest, str) and not name_fault(name) for name, digest in files.items()):
        raise ValueError
    if not all(isinstance(folder, str) for folder in folders):
        raise ValueError
    if not all(isinstance(config[key], shape) for key, shape in _SHAPES.items() if key in config):
        raise ValueError
    if not all(isinstance(event, str) for event in config.get("events", [])):
        raise ValueError
    return Receipt(receipt["player"], receipt["pack"], receipt["version"], files, tuple(folders), config)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
