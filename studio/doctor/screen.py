"""What was found, on one screen."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from django.core.management.color import Style

from packs.installer.words import counted
from studio.doctor.finding import Finding, State

MOST_LINES = 40
NARROWEST, WIDEST = 80, 100
LONGEST_NAME = 12
"""A longer one pushes its fact to the right."""
COLOURS = {State.OK: "SUCCESS", State.NOTE: "HTTP_INFO", State.WARN: "WARNING", State.FAIL: "ERROR"}
PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "…": "...", "→": ">", "–": "-", "—": "-"})
"""For a terminal that knows no others."""


def screen(findings: Sequence[Finding], style: Style, *, columns: int, encoding: str = "utf-8") -> str:
    """Aligned lines: area, state, what it is, and the fact; below it what to do.

    Where that would be longer than a screen, what is well is only counted.
    """
    width = min(max(columns - 1, NARROWEST), WIDEST)
    lines = [*_lines(findings, style, width), "", _sum(findings, style)]
    if len(lines) > MOST_LINES:
        wrong = [one for one in findings if one.state is not State.OK]
        well = f"{len(findings) - len(wrong)} more are well; --json lists them."
        lines = [*_lines(wrong, style, width), "", f"{_sum(findings, style)} {well}"]
    text = "\n".join(lines)
    return text if _can(encoding) else text.translate(PLAIN)


def _lines(findings: Sequence[Finding], style: Style, width: int) -> list[str]:
    areas = max((len(one.area) for one in findings), default=0)
    names = min(max((len(one.name) for one in findings), default=0), LONGEST_NAME)
    lines = []
    for area, group in groupby(findings, key=lambda one: one.area):
        head = area
        for one in group:
            state = getattr(style, COLOURS[one.state])(one.state.ljust(4))
            before = f"{head:<{areas}}  {state}  {one.name:<{names}}  "
            lines += _wrapped(one, before, areas + names + 10, width)
            head = ""
    return lines


def _wrapped(one: Finding, before: str, indent: int, width: int) -> list[str]:
    """The fact, and below it what to do behind an arrow."""
    room = width - indent
    pushed = max(len(one.name) - LONGEST_NAME, 0)
    fact = _fold(one.fact, room, pushed)
    lines = [before + fact[0], *(" " * indent + line for line in fact[1:])]
    if one.todo:
        # What is long begins further left: a command on two lines cannot be copied.
        shift = " " * max(min(indent, width - 2 - len(one.todo)), 4)
        todo = textwrap.wrap(one.todo, width - 2 - len(shift), break_long_words=False, break_on_hyphens=False)
        lines += [f"{shift}{mark} {line}" for mark, line in zip("→" + " " * len(todo), todo, strict=False)]
    return lines


def _fold(text: str, room: int, pushed: int = 0) -> list[str]:
    """Lines of at most `room` characters, the first one shorter by what is `pushed`."""
    lines = textwrap.wrap(text, room, initial_indent="-" * pushed, break_on_hyphens=False) or [""]
    return [lines[0][pushed:], *lines[1:]]


def _sum(findings: Sequence[Finding], style: Style) -> str:
    number = Counter(one.state for one in findings)
    if number[State.FAIL]:
        return style.ERROR(f"{counted(number[State.FAIL], 'thing')} to put right.")
    if number[State.WARN]:
        return style.WARNING(f"It works; {counted(number[State.WARN], 'thing')} to look after.")
    return style.SUCCESS("All is well.")


def _can(encoding: str) -> bool:
    try:
        "“→…".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True
