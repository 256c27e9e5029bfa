"""CESP 1.0 in tables: what openpeon.json must hold, key by key (its schema and specification)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from packs.formats.documents import Key, is_object, is_sha256, matching, text
from packs.formats.files import FILE_NAME

LICENCES = Path(__file__).resolve().parent.parent / "licences"

CORE = (
    "session.start",
    "task.acknowledge",
    "task.complete",
    "task.error",
    "input.required",
    "resource.limit",
)
EXTENDED = ("user.spam", "session.end", "task.progress")
CATEGORIES = CORE + EXTENDED

LONGEST_DESCRIPTION = 256
LONGEST_LABEL = 256
LONGEST_DISPLAY_NAME = 128
LONGEST_TAG = 32
MOST_TAGS = 10
FEWEST_SOUNDS = 6
"""The registry takes no pack with fewer."""
LARGEST_IMAGE_BYTES = 500_000
LARGEST_PREVIEW_BYTES = 500_000

GITHUB = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}"
LANGUAGE = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
NAME = r"[a-z0-9][a-z0-9_-]{0,63}"
PLAIN_VERSION = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
_IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
SEMVER = (
    rf"{PLAIN_VERSION}(?:-{_IDENTIFIER}(?:\.{_IDENTIFIER})*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
WEB_ADDRESS = r"https?://[^\s/]+\S*"
SPDX = re.compile(r"(?:LicenseRef-)?[A-Za-z0-9][A-Za-z0-9.-]*\+?")
_OPERATORS = ("AND", "OR", "WITH")
KNOWN_LICENCES = frozenset((LICENCES / "known.txt").read_text().split())
"""SPDX identifiers that sounds and code are often under; far from all there are."""

MAGIC = {
    "wav": (b"RIFF",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "ogg": (b"OggS",),
}
"""The only beginnings players accept (specification, appendix C)."""
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"<svg", b"<?xml")


def are_tags(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_TAGS
        and all(isinstance(tag, str) and len(tag) <= LONGEST_TAG for tag in value)
        and len(set(value)) == len(value)
    )


def is_path(value: Any) -> bool:
    """Whether it is a relative path with forward slashes that stays in the pack."""
    if not isinstance(value, str):
        return False
    return all(FILE_NAME.fullmatch(part) and part not in (".", "..") for part in value.split("/"))


def are_aliases(value: Any) -> bool:
    return is_object(value) and all(
        isinstance(category, str) and category in CATEGORIES for category in value.values()
    )


def licence_parts(expression: str) -> list[str]:
    """The identifiers in an SPDX expression; none when it is not shaped like one."""
    tokens = expression.replace("(", " ( ").replace(")", " ) ").split()
    words = [token for token in tokens if token not in ("(", ")")]
    shaped = (
        len(words) % 2 == 1
        and all(SPDX.fullmatch(word) for word in words[::2])
        and all(word in _OPERATORS for word in words[1::2])
        and _is_nested(tokens)
    )
    return words[::2] if shaped else []


def _is_nested(tokens: list[str]) -> bool:
    """Whether each parenthesis stands before or behind an operand, and is closed behind it."""
    depth, wants_operand = 0, True
    for token in tokens:
        opens_or_names = token not in (")", *_OPERATORS)
        depth += (token == "(") - (token == ")")
        if opens_or_names != wants_operand or depth < 0:
            return False
        wants_operand = token == "(" or token in _OPERATORS
    return depth == 0


_PATH_WORDS = "a relative path with forward slashes, of letters, digits, . _ and -"

KEYS = (
    Key("cesp_version", "“1.0”", lambda value: value == "1.0", True),
    Key("name", "1 to 64 small letters, digits, - and _, with a letter or digit first", matching(NAME), True),
    Key("display_name", "text of 1 to 128 characters", text(LONGEST_DISPLAY_NAME, 1), True),
    Key("version", "a semantic version such as 1.0.0", matching(SEMVER), True),
    Key("categories", "an object of categories", is_object, True),
    Key("description", "text of at most 256 characters", text(LONGEST_DESCRIPTION)),
    Key("author", "an object with a name", is_object),
    Key("license", "text, an SPDX identifier such as CC0-1.0", text()),
    Key("language", "a language tag such as en or pt-BR", matching(LANGUAGE)),
    Key("homepage", "a web address", matching(WEB_ADDRESS)),
    Key("tags", "at most 10 different texts of at most 32 characters", are_tags),
    Key("icon", _PATH_WORDS, is_path),
    Key("preview", _PATH_WORDS, is_path),
    Key("min_player_version", "a semantic version such as 1.0.0", matching(SEMVER)),
    Key("category_aliases", "an object whose values are CESP categories", are_aliases),
)
AUTHOR_KEYS = (
    Key("name", "text", text(), True),
    Key("github", "a GitHub user name", matching(GITHUB)),
)
CATEGORY_KEYS = (Key("sounds", "a list of sounds", lambda value: isinstance(value, list), True),)
SOUND_KEYS = (
    Key("file", _PATH_WORDS, is_path, True),
    Key("label", "text of at most 256 characters", text(LONGEST_LABEL)),
    Key("sha256", "64 hexadecimal digits in small letters", is_sha256),
)
