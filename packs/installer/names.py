"""Names of files in a pack: what they may be, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Container

FOLDER = "sounds"
LONGEST_NAME_BYTES = 240
"""With room for the folder it is unpacked into: macOS takes paths of 1,024 bytes, names of 255."""
DEEPEST = 8

_DRIVE = re.compile(r"[A-Za-z]:")


def cesp_place(file: str, pack: Container[str]) -> str:
    """The file that openpeon.json means, found as peon-ping finds it: a bare name lies in ``sounds/`` too."""
    if file in pack:
        return file
    there = f"{FOLDER}/{file}" if "/" not in file else file[2:] if file.startswith("./") else file
    return there if there in pack else file


def name_fault(name: str) -> str:
    """What is wrong with a name, to follow it in a sentence; ``""`` for a name that a pack may hold."""
    parts = name.split("/")
    if not name.isprintable():
        return "has a name with control characters"
    if "\\" in name:
        return "has a backslash in its name; write it with forward slashes"
    if name.startswith("/") or _DRIVE.match(name):
        return "has an absolute name; write it relative to the pack"
    if ".." in parts:
        return "leads out of the pack"
    if "" in parts or "." in parts:
        return "has a name with empty parts"
    if len(parts) > DEEPEST + 1:
        return f"lies more than {DEEPEST} folders deep"
    if len(name.encode()) > LONGEST_NAME_BYTES:
        return f"has a name of more than {LONGEST_NAME_BYTES} bytes"
    return ""
