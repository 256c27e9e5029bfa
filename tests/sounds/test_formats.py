"""The table of formats, and what may read it."""

from __future__ import annotations

import subprocess
import sys

from sounds.audio import encode
from sounds.audio.magic import CONTAINERS, MIME_TYPES
from sounds.formats import FORMATS, HOST_FORMATS
from tests.support.studio import ROOT


def loaded_by(program: str) -> set[str]:
    """Which of the large libraries are there after a program."""
    ask = "import sys; print(*({'numpy', 'django', 'pydub', 'soundfile'} & set(sys.modules)))"
    command = [sys.executable, "-c", f"{program}\n{ask}"]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_the_tables_load_nothing():
    assert not loaded_by("import sounds.formats, sounds.audio.magic")


def test_web_and_worker_load_no_library_of_sound():
    program = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'\n"
    program += "import django; django.setup(); import ccbell_site.urls, ccbell_site.api"
    assert loaded_by(program) == {"django"}


def test_the_render_host_writes_what_the_table_says():
    assert tuple(encode.FORMATS) == HOST_FORMATS == ("wav", "mp3", "ogg", "flac")


def test_every_file_we_give_out_has_a_type():
    assert set(FORMATS) <= set(MIME_TYPES)
    assert all(MIME_TYPES[suffix] == row.mime_type for suffix, row in FORMATS.items())
    assert all(len(suffix) <= 10 for row in CONTAINERS.values() for suffix in row.suffixes)
