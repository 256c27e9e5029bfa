"""The presets that come with the studio, read from TOML."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sounds.prompts.specs import HookSpec, ThemeSpec

FOLDER = Path(__file__).resolve().parent.parent / "presets"

_FIRST_THEMES = ("sci-fi", "retro-8bit", "nature", "minimal", "mechanical", "ambient", "jazz")


@cache
def load_hooks() -> tuple[HookSpec, ...]:
    """The preset hooks, in the order of ``hooks.toml``."""
    return tuple(HookSpec.from_dict(table) for table in read_toml("hooks.toml")["hooks"])


@cache
def load_themes() -> tuple[ThemeSpec, ...]:
    """The preset themes: the seven known ones first, then any other file by its name."""
    paths = sorted((FOLDER / "themes").glob("*.toml"), key=lambda path: (_rank(path.stem), path.stem))
    themes = tuple(ThemeSpec.from_dict(read_toml(f"themes/{path.name}")) for path in paths)
    for path, theme in zip(paths, themes, strict=True):
        if path.stem != theme.slug:
            raise ValueError(f"The theme {theme.slug!r} is in {path.name}; its file must bear its slug.")
    return themes


def read_toml(name: str) -> dict[str, Any]:
    """One preset file as plain data; raises ``ValueError`` naming the file when it cannot be read."""
    with open(FOLDER / name, "rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"The preset {name} is no TOML: {error}") from None


def _rank(slug: str) -> int:
    return _FIRST_THEMES.index(slug) if slug in _FIRST_THEMES else len(_FIRST_THEMES)
