"""LICENSE: what anybody may do with the sounds, for the whole pack or sound by sound."""

from __future__ import annotations

from packs.content import PackContent, PackSound
from packs.formats.cesp_rules import LICENCES, licence_parts
from packs.formats.files import sound_path

DOCUMENT = "LICENSE"
CC0 = "CC0-1.0"


def write(content: PackContent) -> dict[str, bytes]:
    """The legal text of CC0 when all sounds are under it, else a list of each sound's licence."""
    if {sound.licence for sound in content.sounds} == {CC0}:
        return {DOCUMENT: (LICENCES / f"{CC0}.txt").read_bytes()}
    return {DOCUMENT: _list(content).encode()}


def _list(content: PackContent) -> str:
    licences = sorted({sound.licence for sound in content.sounds})
    lines = [f"The sounds of “{content.display_name or content.name}” are under these licences:", ""]
    lines += [f"  {licence}  {_address(licence)}".rstrip() for licence in licences]
    lines += ["", "Sound by sound:", ""]
    lines += [line for sound in content.sounds for line in _sound(sound)]
    lines += ["", "The files of this pack that hold no sound are CC0-1.0.", ""]
    return "\n".join(lines)


def _sound(sound: PackSound) -> list[str]:
    credit = " ".join(sound.attribution.split())
    lines = [f"  {sound_path(sound, format_)}  {sound.licence}" for format_ in sound.files]
    return [*lines, f"    {credit}"] if credit else lines


def _address(licence: str) -> str:
    """Where the text of a licence is; licences of somebody's own have no common place."""
    identifiers = [part for part in licence_parts(licence) if not part.startswith("LicenseRef-")]
    return "  ".join(f"https://spdx.org/licenses/{part}.html" for part in identifiers)
