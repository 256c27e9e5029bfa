"""What was found when something was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it is: well, worth knowing, soon a trouble, or a trouble now."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact about one thing; `todo` says what to do, as a command where there is one."""

    name: str
    state: State
    fact: str
    todo: str = ""
    area: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(name: str, fact: str) -> Finding:
    return Finding(name, State.OK, fact)


def note(name: str, fact: str, todo: str = "") -> Finding:
    return Finding(name, State.NOTE, fact, todo)


def warn(name: str, fact: str, todo: str) -> Finding:
    return Finding(name, State.WARN, fact, todo)


def fail(name: str, fact: str, todo: str) -> Finding:
    return Finding(name, State.FAIL, fact, todo)
