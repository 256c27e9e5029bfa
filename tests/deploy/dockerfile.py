"""What stands in a Dockerfile, and which files of the context it gets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")


@dataclass(frozen=True)
class Instruction:
    """One line of it: ``RUN``, its flags such as ``--mount``, and what follows."""

    word: str
    flags: list[tuple[str, str]]
    rest: str


@dataclass(frozen=True)
class Stage:
    base: str
    instructions: list[Instruction] = field(default_factory=list)


@dataclass(frozen=True)
class Dockerfile:
    arguments: dict[str, str]
    stages: dict[str, Stage]

    @classmethod
    def read(cls, path: Path) -> Dockerfile:
        arguments: dict[str, str] = {}
        stages: dict[str, Stage] = {}
        for one in _instructions(path.read_text()):
            if one.word == "FROM":
                base, _, name = one.rest.split()
                stage = stages[name] = Stage(filled(base, arguments))
            elif not stages:
                name, _, default = one.rest.partition("=")
                arguments[name] = default
            else:
                stage.instructions.append(one)
        return cls(arguments, stages)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", "", "\n".join(lines)).splitlines():
        if line.strip():
            word, rest = line.split(maxsplit=1)
            flags = []
            while found := FLAG.match(rest):
                flags.append((found[1], found[2]))
                rest = rest[found.end() :]
            yield Instruction(word, flags, rest.strip())


def filled(text: str, values: dict[str, str]) -> str:
    """With its variables, as everywhere but in ``RUN``."""
    return re.sub(r"\$\{?(\w+)\}?", lambda found: values.get(found[1], ""), text)


def pairs(text: str) -> dict[str, str]:
    """What ``ENV`` and ``LABEL`` say."""
    return dict(word.split("=", 1) for word in shlex.split(text))


def context(root: Path) -> Iterator[Path]:
    """The files that `.dockerignore` lets through, as paths below `root`."""
    rules = []
    for line in (root / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            rules.append((not line.startswith("!"), _matcher(line.removeprefix("!"))))
    yield from _let_through(root, Path(), rules)


def _let_through(root: Path, folder: Path, rules: list[tuple[bool, re.Pattern[str]]]) -> Iterator[Path]:
    for path in sorted((root / folder).iterdir()):
        below = folder / path.name
        if path.is_dir() and not path.is_symlink():
            if not _is_out(below, rules) or below == Path("deploy"):  # the one of which some files come along
                yield from _let_through(root, below, rules)
        elif not _is_out(below, rules):
            yield below


def _is_out(path: Path, rules: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """The last rule that names it, or a folder that it lies in, decides."""
    out = False
    for leaves_out, matcher in rules:
        if any(matcher.fullmatch(str(one)) for one in (path, *path.parents)):
            out = leaves_out
    return out


def _matcher(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*)", pattern)
    return re.compile("".join({"**/": "(.*/)?", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))
