"""A page of the documentation, read for what can be tried: its code, and what it says is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.studio import ROOT

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """Code between fences, and the line of its page that it begins at."""

    language: str
    text: str
    line: int


def read(name: str) -> str:
    """The text of ``docs/name``."""
    return (ROOT / "docs" / name).read_text("utf-8")


def blocks(name: str, *languages: str) -> list[Block]:
    """The page's blocks in these languages, or all of them."""
    text = read(name)
    found = [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 2) for match in FENCE.finditer(text)
    ]
    return [block for block in found if not languages or block.language in languages]


def fits(pattern: str, text: str) -> bool:
    """Whether a text is what a page shows, where … stands for anything."""
    parts = map(re.escape, pattern.split("…"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


def lines(name: str) -> list[str]:
    """Every line that the page has for a terminal, as it stands."""
    return [line for block in blocks(name, "sh") for line in block.text.splitlines()]


def write_files(name: str, folder: Path) -> list[str]:
    """Put what the page shows as files, those that begin with ``# their/name``, where it says."""
    written = []
    for block in blocks(name, "python", "toml"):
        first = re.match(r"# ([\w./-]+\.\w+)\n", block.text)
        assert first, f"{name}, line {block.line}: a file without a name"
        path = folder / first[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
        written.append(first[1])
    return written
