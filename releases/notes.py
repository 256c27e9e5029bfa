"""What a release says on GitHub, in Markdown: its sounds, their licences, and how to install them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from packs.archive import printable
from packs.models import Build
from releases.models.release import install_lines

LONGEST = 100_000
"""GitHub takes 125,000 characters."""
LONGEST_CELL = 200
_MEANT = {char: f"\\{char}" for char in "\\`*_[]|~"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# A name behind an @ would call that person, a number behind a # an issue: an empty comment keeps them apart.
_MEANT |= {"@": "@<!-- -->", "#": "#<!-- -->"}
_PLAIN = str.maketrans(_MEANT)


def notes_of(build: Build, zip_url: str) -> str:
    """The notes of a build's release whose zip will be at `zip_url`; the same ones for each try."""
    manifest = build.manifest
    sounds = _table(manifest)
    if len(sounds) > LONGEST // 2:
        sounds = f"{len(manifest['hooks'])} sounds; manifest.json lists them."
    parts = [
        words(manifest.get("description", "")),
        f"## Sounds\n\n{sounds}",
        f"## Install\n\n{_install(build, zip_url)}",
        f"## Licence\n\n{_licence(manifest)}",
    ]
    return "\n\n".join(part for part in parts if part)[:LONGEST] + "\n"


def words(text: Any, most: int = LONGEST_CELL) -> str:
    """Somebody's words as nothing but words: on one line, and no Markdown."""
    return printable(" ".join(str(text).split()), most).translate(_PLAIN)


def _table(manifest: dict[str, Any]) -> str:
    lines = ["| hook | sound | plays when | length | loudness |", "|---|---|---|--:|--:|"]
    for hook in manifest["hooks"]:
        sound = manifest["files"][hook]
        cells = [
            f"`{hook}`",
            words(sound.get("title", "")),
            words(sound.get("description", "")),
            f"{sound['duration_sec']:.2f} s",
            f"{sound['loudness_lufs']:.1f} LUFS",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _install(build: Build, zip_url: str) -> str:
    lines = "\n".join(f"# {player}\n{line}" for player, line in install_lines(zip_url))
    return (
        f"```sh\n{lines}\n```\n\n"
        f"SHA-256 of `{build.file_name}`:\n\n```\n{build.zip_sha256}\n```\n\n"
        f"To check it, download `{build.file_name}.sha256` beside it and run "
        f"`sha256sum -c {build.file_name}.sha256` (macOS: `shasum -a 256 -c …`). "
        "The INSTALL.md in the zip says how to install it by hand."
    )


def _licence(manifest: dict[str, Any]) -> str:
    lines = [f"{words(manifest.get('licence', ''))}. The LICENSE in the zip has the whole text."]
    credits = _unique(sound.get("attribution", "") for sound in manifest["files"].values())
    if credits:
        lines += ["", *(f"- {words(credit, 400)}" for credit in credits)]
    return "\n".join(lines)


def _unique(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text.strip()]
