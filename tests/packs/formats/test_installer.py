from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path

from packs import installer as package
from packs.formats import installer
from packs.formats.installer import DOCUMENT, START
from packs.validate import validate
from tests.packs.support import unpack, zipped

SOURCES = sorted(Path(package.__file__).parent.glob("*.py"))


def test_every_pack_carries_the_installer_as_it_is(content):
    files = installer.write(content)
    assert files.keys() == {DOCUMENT, START, *(f"installer/{path.name}" for path in SOURCES)}
    assert all(files[f"installer/{path.name}"] == path.read_bytes() for path in SOURCES)
    assert files == installer.write(replace(content, name="other", version="9.9.9"))


def test_it_needs_the_standard_library_and_itself_alone():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""] if node.level == 0 else []
                assert node.level < 2, f"{path.name} reaches out of its folder"
            else:
                continue
            assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names, path.name


def test_the_zip_is_the_same_byte_for_byte(content, tmp_path):
    assert (
        zipped(content, tmp_path / "a.zip").read_bytes() == zipped(content, tmp_path / "b.zip").read_bytes()
    )


def test_a_pack_with_it_is_valid_and_one_without_it_too(content, tmp_path):
    folder = unpack(content, tmp_path / "sci-fi")
    assert validate(folder).valid and validate(folder).badge
    for name in installer.write(content):
        (folder / name).unlink()
    assert validate(folder).valid
