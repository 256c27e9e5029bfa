"""JSON of others: read strictly, written back with every value as it was."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .words import shown

DEEPEST = 100
"""Levels of nesting; settings have about six."""

_BOM = b"\xef\xbb\xbf"
_FIRST_INDENT = re.compile(rb"^[{\[][ \t\r]*\n([ \t]+)\S")


class Number:
    """A number as it is written: it may have more digits than a program would keep."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return self.text


def parse(data: bytes) -> Any:
    """The value that a document holds, its numbers as `Number`.

    Raises
    ------
    ValueError
        For what readers could disagree about; the message is the end of a sentence: “it names a key
        twice”, “it is nested too deeply”. RFC 8259 alone: no byte order mark, no NaN, UTF-8.
    """
    if data.startswith(_BOM):
        raise ValueError("it begins with a byte order mark; save it as UTF-8 without one")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg}, line {error.lineno}, column {error.colno}") from error
    if _depth(value) > DEEPEST:
        raise ValueError("it is nested too deeply")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"it names the key {shown(twice)} twice in one object")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no JSON number")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [child for parent in level for child in _children(parent)]
    return depth


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def dump(value: Any, like: bytes = b"") -> bytes:
    """The bytes of a document, indented and with line ends as in `like`, where that has any."""
    indent = _FIRST_INDENT.match(like)
    text = "".join(_written(value, indent.group(1).decode() if indent else "  ", "\n"))
    text += "\n" if not like or like.endswith(b"\n") else ""
    return (text.replace("\n", "\r\n") if b"\r\n" in like else text).encode()


def _written(value: Any, indent: str, line: str) -> Iterator[str]:
    """The pieces of a value's text; `line` is a line break with the indentation of where it stands."""
    if isinstance(value, dict) and value:
        yield from _enclosed("{", value.items(), "}", indent, line)
    elif isinstance(value, list) and value:
        yield from _enclosed("[", [(None, item) for item in value], "]", indent, line)
    elif isinstance(value, Number):
        yield value.text
    else:
        yield _plain(value)


def _enclosed(opening: str, items: Any, closing: str, indent: str, line: str) -> Iterator[str]:
    inner, separator = line + indent, opening
    for key, item in items:
        yield separator + inner
        if key is not None:
            yield f"{_plain(key)}: "
        yield from _written(item, indent, inner)
        separator = ","
    yield line + closing


def _plain(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, which JSON can write only escaped
        return json.dumps(value)
    return text
