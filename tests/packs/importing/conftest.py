"""Packs of each kind, made of real tones, and the presets they are mapped to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.packs.support import tone, write_audio

Pack = Callable[..., Path]


@pytest.fixture
def cesp(tmp_path: Path) -> Pack:
    """Makes a CESP pack as a folder: category to files, each of which becomes a tone of its own."""

    def make(categories: dict[str, list[str]], *, name: str = "peon", **more: Any) -> Path:
        folder = tmp_path / name
        document = {
            "cesp_version": "1.0",
            "name": name,
            "display_name": "Peon",
            "version": "1.2.0",
            "description": "Work, work.",
            "author": {"name": "A. Orc", "github": "an-orc"},
            "license": "CC-BY-NC-4.0",
            "categories": {
                category: {"sounds": [{"file": file, "label": Path(file).stem.title()} for file in files]}
                for category, files in categories.items()
            },
        } | more
        files = list(dict.fromkeys(file for files in categories.values() for file in files))
        for number, file in enumerate(files):
            if not (folder / file).exists():
                write_audio(folder / file, tone(440.0 + 30 * number))
        (folder / "openpeon.json").write_text(json.dumps(document))
        return folder

    return make
