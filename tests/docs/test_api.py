"""docs/api.md, typed in line by line: the studio answers what the page shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import is_valid_path

from jobs.api.words import API_STATUS
from jobs.models import Tier
from jobs.stream import app as stream
from tests.docs.conftest import Running
from tests.docs.page import Block, blocks, fits, read
from tests.docs.shell import Shell

pytestmark = pytest.mark.slow

PAGE = "api.md"
HOST = "localhost:8000"
NOTED = re.compile(r"export (?P<names>.*…\S*)(?:\s+# (?P<paths>.+))?")
STATUS = re.compile(r"# (\d{3})\b")
STREAM_S = 20


class Reader:
    """Somebody who types the page's lines into a shell, and notes what is to be noted."""

    def __init__(self, studio: Running, folder: Path) -> None:
        self.address = f"localhost:{studio.port}"
        self.shell = Shell(
            folder, studio.environment | {"PATH": f"{folder}/bin{os.pathsep}{os.environ['PATH']}"}
        )
        self.functions = ""
        self.said = ""
        real, told = shutil.which("curl"), folder / "bin" / "curl"
        assert real, "curl is not installed; the page is typed in with it."
        told.parent.mkdir()
        # The page has no use for the status at the end of each answer; the test has.
        told.write_text(f"#!/bin/sh\nexec {real} -w '%{{stderr}}%{{http_code}}\\n' \"$@\"\n")
        told.chmod(0o755)

    def type(self, block: Block, answer: str | None) -> None:
        """Type a block's lines; after the last of them `answer` is shown."""
        *before, last = block.text.replace("\\\n", "").splitlines()
        for line in before:
            self._line(line)
        self._line(last, until=answer if " -N " in last else None)

    def _line(self, line: str, until: str | None = None) -> None:
        line = line.replace(HOST, self.address)
        if noted := NOTED.fullmatch(line):
            self._note(noted["names"].split(), (noted["paths"] or "").split())
        elif re.match(r"\w+\(\)", line):
            self.functions += line + "\n"
        elif until is not None:
            self.said = self._read_on(line, until)
        else:
            self.said = self._run(line)

    def _note(self, names: list[str], paths: list[str]) -> None:
        """``export NAME=…   # where it stands in the answer``; without a place, what looks like it."""
        for number, assignment in enumerate(names):
            name, _, pattern = assignment.partition("=")
            if paths:
                self.shell.environment[name] = at(json.loads(self.said), paths[number])
            else:
                found = re.search(re.escape(pattern).replace("…", r"\S+"), self.said)
                assert found, f"nothing like {pattern} was printed: {self.said}"
                self.shell.environment[name] = found[0]

    def _run(self, line: str) -> str:
        ended = self.shell.run(self.functions + line)
        status = re.search(r"^(\d{3})$", ended.stderr, re.MULTILINE)
        wanted = STATUS.search(line)
        if wanted:
            assert status and status[1] == wanted[1], f"{line}\n{ended.stdout}"
        elif status:
            assert int(status[1]) < 400, f"{line}\n{ended.stdout}"
        return ended.stdout

    def _read_on(self, line: str, until: str) -> str:
        """What a stream says, until it has said what the page shows."""
        process = subprocess.Popen(
            ["timeout", str(STREAM_S), "bash", "-c", self.functions + line], cwd=self.shell.folder,
            env=self.shell.environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert process.stdout
        said = ""
        with process.stdout:
            for spoken in process.stdout:
                said += spoken
                if not missing_lines(until, said):
                    break
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return said


def at(document: Any, path: str) -> str:
    """The text at a place such as ``results.0.id``."""
    for part in path.split("."):
        document = document[int(part) if isinstance(document, list) else part]
    assert isinstance(document, str)
    return document


def missing_lines(shown: str, said: str) -> list[str]:
    """Those of the lines that are shown which were not said after the ones before them."""
    left = iter(said.splitlines())
    return [line for line in shown.splitlines() if not any(fits(line, spoken) for spoken in left)]


def differences(shown: Any, said: Any, place: str = "") -> Iterator[str]:
    """Where an answer is not of the shape that is shown: keys, kinds of values, texts.

    More keys may be there, and more in a list; … in a text is anything, and of numbers only the kind
    counts. A status is any of those that jobs have, as they may be faster than who reads.
    """
    if isinstance(shown, dict) and isinstance(said, dict):
        for key, value in shown.items():
            if key in said:
                yield from differences(value, said[key], f"{place}.{key}")
            else:
                yield f"{place}.{key} is missing"
    elif isinstance(shown, list) and isinstance(said, list):
        if len(said) < len(shown):
            yield f"{place} has only {len(said)} of {len(shown)}"
        for number, (one, other) in enumerate(zip(shown, said, strict=False)):
            yield from differences(one, other, f"{place}.{number}")
    elif isinstance(shown, str) and isinstance(said, str):
        both_are_statuses = {shown, said} <= set(API_STATUS.values())
        if not both_are_statuses and not fits(shown, said):
            yield f"{place} is {said!r}, not {shown!r}"
    elif not (_is_number(shown) and _is_number(said)) and shown is not said:
        yield f"{place} is {said!r}, not {shown!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def typed() -> Iterable[tuple[Block, Block | None]]:
    """Each block of lines, and what is shown as their answer."""
    found = blocks(PAGE)
    for block, following in pairwise([*found, None]):
        if block and block.language == "sh":
            yield block, following if following and following.language != "sh" else None


def test_the_studio_answers_every_line_of_the_page_as_the_page_shows_it(running: Running, tmp_path: Path):
    reader = Reader(running, tmp_path)
    for block, answer in typed():
        reader.type(block, answer.text if answer else None)
        if answer is None:
            continue
        shown = answer.text.replace(HOST, reader.address)
        if answer.language == "json":
            wrong = list(differences(json.loads(shown), json.loads(reader.said)))
        else:
            wrong = missing_lines(shown, reader.said)
        assert not wrong, f"{PAGE}, line {answer.line}: {wrong}\n{reader.said}"
    assert (tmp_path / "head.wav").read_bytes() == (tmp_path / "done.wav").read_bytes()[:44]
    assert (tmp_path / "done.ogg").read_bytes()[:4] == b"OggS"
    assert {(tmp_path / name).read_bytes()[:2] for name in ("nature.zip", "two.zip")} == {b"PK"}


def test_no_line_of_the_page_is_left_out():
    text = read(PAGE)
    fences = re.findall(r"^```(\w*)", text, re.MULTILINE)[::2]
    assert set(fences) == {"sh", "json", "text"} and len(fences) == len(blocks(PAGE))
    assert sum(len(re.findall(r"^(?:curl|ask|send) ", block.text, re.MULTILINE)) for block, _ in typed()) > 20


def test_every_address_the_page_names_is_one():
    text = re.sub(r"\$\w+|\{\w+\}|…", str(UUID(int=4711)), read(PAGE))
    named = set(re.findall(r"/api/[\w/.-]+", text)) - {stream.PATH}
    assert len(named) > 20
    assert [address for address in named if not is_valid_path(address.rstrip("."))] == []


def test_the_page_tells_the_limits_that_are_in_force():
    rows = re.findall(r"^\|[^|]*\| (\w+) \| ([–\d]+)[^|]*\| ([–\d]+)", read(PAGE), re.MULTILINE)
    told = {tier: tuple(None if cell == "–" else int(cell) for cell in cells) for tier, *cells in rows}
    limits = zip(settings.REQUESTS_A_MINUTE, settings.SOUNDS_AN_HOUR, strict=True)
    assert told == {Tier(number).name.lower(): both for number, both in enumerate(limits)}


@pytest.mark.parametrize(
    "shown, said",
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": "1"}),
        ({"a": "x…z"}, {"a": "xy"}),
        ({"a": [{"b": None}]}, {"a": [{"b": 1}]}),
        ({"a": [{"b": 1}]}, {"a": []}),
        ({"a": True}, {"a": False}),
    ],
)
def test_an_answer_of_another_shape_is_noticed(shown, said):
    assert list(differences(shown, said))
