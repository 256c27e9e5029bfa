from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from packs.formats import FORMATS, installer, pack_files
from packs.validate import validate
from tests.packs.support import errors, opened


def test_a_pack_is_flat_and_complete(content):
    files = pack_files(content)
    sounds = {f"sounds/{sound.hook}.{form}" for sound in content.sounds for form in ("wav", "mp3")}
    assert (
        files.keys() - sounds
        == {
            "manifest.json",
            "pack.json",
            "openpeon.json",
            "ccbell-config.template.json",
            "prompts.json",
            "LICENSE",
            "INSTALL.md",
            "install.py",
        }
        | installer.names()
    )
    assert sounds <= files.keys()
    assert all(isinstance(files[name], Path) for name in sounds)


def test_every_document_is_written_by_the_format_that_bears_its_name(content):
    for format_ in FORMATS:
        files = format_.write(content)
        assert files.keys() == {format_.document, *format_.beside}
        for data in files.values():
            assert data.endswith(b"\n") and b"\r" not in data and data.decode()


def test_the_same_pack_gives_the_same_files(content):
    assert pack_files(content) == pack_files(replace(content))


def test_formats_judge_and_reference_what_they_wrote(folder):
    pack = opened(folder)
    for format_ in FORMATS:
        assert errors(format_.validate(pack)) == []
        assert format_.references(pack) <= set(pack.names)


def test_no_file_of_a_pack_is_one_that_nobody_uses(folder):
    assert [
        finding.sentence for finding in validate(folder).findings if "no player" in finding.sentence
    ] == []


def test_packs_are_plain_python_without_django_and_numpy():
    modules = ["archive", "badge", "formats", "gate", "validate", "versions", "zipping", "content", "report"]
    code = f"""
import sys
for module in {modules!r}:
    __import__("packs." + module)
assert not {{"django", "numpy", "soundfile"}} & sys.modules.keys()
"""
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
