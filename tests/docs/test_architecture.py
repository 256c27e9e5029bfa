"""docs/architecture.md: what it names is there, and what its picture says holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.docs.conftest import Running
from tests.docs.page import blocks, read
from tests.support.studio import ROOT, wait_for

PAGE = "architecture.md"
STARTS, MAY_IMPORT = "-->", "==>"
FRAME = "ccbell_site"
OWN_APPS = [app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir() and app != FRAME]
PLAIN = ("sounds/prompts", "sounds/engines", "sounds/audio", "packs/formats", "packs/installer")


def arrows(kind: str) -> set[tuple[str, str]]:
    """From where to where arrows of a kind lead in the page's picture."""
    (picture,) = blocks(PAGE, "mermaid")
    return set(re.findall(rf"^\s*(\w+) {kind} (\w+)$", picture.text, re.MULTILINE))


def below(app: str) -> set[str]:
    """Every app that the arrows lead to from one."""
    following = {to for begin, to in arrows(MAY_IMPORT) if begin == app}
    return following.union(*map(below, following))


@cache
def imports(path: Path) -> frozenset[str]:
    """What a module imports, anywhere in it; of `from a import b` both ``a`` and ``a.b``."""
    found = set()
    package = ".".join(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            # Only the installer in packs imports relatively, from beside itself.
            module = ".".join(filter(None, [package if node.level else "", node.module]))
            found |= {module, *(f"{module}.{name.name}" for name in node.names)}
    return frozenset(found)


def modules(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def test_the_picture_has_every_app():
    assert {app for arrow in arrows(MAY_IMPORT) for app in arrow} == set(OWN_APPS)


@pytest.mark.parametrize("app", OWN_APPS)
def test_an_app_imports_only_from_where_the_arrows_lead(app):
    allowed = below(app) | {app}
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(app)
        for name in imports(path)
        if name.partition(".")[0] in {*OWN_APPS} - allowed
    }
    assert wrong == set()


def module_at(name: str) -> Path | None:
    """The source of a module of ours."""
    place = ROOT.joinpath(*name.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)


@pytest.mark.parametrize("folder", PLAIN)
def test_what_is_to_run_without_django_imports_nothing_that_needs_it(folder):
    assert f"`{folder}`" in read(PAGE)
    left, seen = list(modules(folder)), set[Path]()
    while left:
        path = left.pop()
        seen.add(path)
        for name in imports(path):
            assert name.partition(".")[0] not in ("django", "rest_framework", "django_q"), f"{path}: {name}"
            if (further := module_at(name)) and further not in seen:
                left.append(further)


def code() -> list[str]:
    """What the page sets in code within its text."""
    text = re.sub(r"^```.*?^```$", "", read(PAGE), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def test_every_file_and_folder_the_page_names_is_there():
    tops = {path.name for path in ROOT.iterdir() if path.is_dir()}
    named = {word for word in code() if word.partition("/")[0] in tops and "/" in word}
    assert len(named) > 30
    assert {word for word in named if not (ROOT / word).exists()} == set()


def names_in(path: Path) -> Iterator[str]:
    """What a module calls things by, comments left out, and the texts in it."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_bytes())):
        for kind in ("id", "attr", "name", "arg"):
            if isinstance(name := getattr(node, kind, None), str):
                yield name
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_name_the_page_uses_is_one_of_the_code():
    known = {name for app in [*OWN_APPS, FRAME] for path in modules(app) for name in names_in(path)}
    known |= {process for arrow in arrows(STARTS) for process in arrow}
    phrases = {phrase for phrase in code() if "/" not in phrase}
    words = {word for phrase in phrases - known for word in re.findall(r"[A-Za-z_]\w+", phrase)}
    assert len(phrases) > 20 and words - known == set()


def test_the_words_that_lanes_have_are_those_of_the_settings():
    assert f"`JOB_LANES`: {', '.join(settings.JOB_LANES)}" in read(PAGE)


@pytest.mark.slow
def test_the_processes_of_a_studio_start_each_other_as_the_picture_says(running: Running):
    running.submit("endless")
    wait_for(running.hosts)
    family = {process.pid: process for process in running.family()}
    kinds = {pid: kind for pid, process in family.items() if (kind := kind_of(process))}
    for process in running.hosts():  # of the sentinel's forks, those that have hosts are workers
        kinds[process.ppid()] = "worker"
    found = {
        (kinds[process.ppid()], kinds[pid])
        for pid, process in family.items()
        if pid in kinds and process.ppid() in kinds
    }
    running.python("from jobs.models import Batch\nBatch.objects.latest('pk').cancel()")
    assert found == arrows(STARTS)


def kind_of(process: psutil.Process) -> str:
    """What the picture calls a process; ``""`` for a fork, which has its parent's command line."""
    command, parent = process.cmdline(), process.parent()
    if parent and parent.cmdline() == command:
        return ""
    signs = {"ccbell_site.run": "run", "web": "web", "worker": "sentinel", "sounds.engines.host": "host"}
    return next((kind for sign, kind in signs.items() if sign in command), "")


@pytest.mark.slow
def test_files_lie_where_the_page_says(running: Running):
    (tree,) = blocks(PAGE, "text")
    running.submit("a tone")
    wait_for(lambda: "succeeded" in running.statuses())
    named = set(re.findall(r"\w+\.(?:wav|json|png)", tree.text))
    there = {path.name for path in next((running.data / "audio" / "generated").glob("??/*")).iterdir()}
    assert len(named) == 3 and named <= there
    assert {Path(name).stem for name in there} <= {*(Path(name).stem for name in named), "original"}
    for name in ("studio.sqlite3", "static/", "run/"):
        assert re.search(rf"^  {name}", tree.text, re.MULTILINE) and (running.data / name).exists()
    held = {path.name for path in (running.data / "run").iterdir() if path.is_dir()}
    assert held and all(f"`{name}/`" in read(PAGE) for name in held)
