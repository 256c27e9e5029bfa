"""A listener that writes down what a render host tells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sounds.engines.host.client import RenderHost
from sounds.engines.host.listener import Listener
from tests.support.briefs import a_brief


class Heard(Listener):
    def __init__(self, *, deadline=None, progress=None, check=None):
        self.deadline = deadline
        self.results: dict[int, dict[str, Any]] = {}
        self.errors: dict[int, Exception] = {}
        self.notes: list[tuple[int, str]] = []
        self.messages: list[tuple[int | None, float, str]] = []
        self.dropped: list[int] = []
        self._progress = progress or (lambda fraction, message: None)
        self._check = check or (lambda: None)

    def progress(self, index, fraction, message):
        self.messages.append((index, fraction, message))
        self._progress(fraction, message)

    def note(self, index, sentence):
        self.notes.append((index, sentence))

    def made(self, index, result):
        self.results[index] = result

    def failed(self, index, error):
        self.errors[index] = error

    def check(self):
        self._check()

    def unwanted(self):
        dropped, self.dropped = self.dropped, []
        return dropped


def render(host: RenderHost, folder: Path, prompts: Sequence[str], heard: Listener, **brief: Any) -> None:
    """Have `host` make a sound for each prompt, in `folder`/0, `folder`/1 …"""
    sounds = [
        {"brief": a_brief(prompt, **brief).as_dict(), "folder": str(folder / str(index)), "formats": []}
        for index, prompt in enumerate(prompts)
    ]
    host.ask("render", heard, sounds=sounds)
