from __future__ import annotations

import pytest

from tests.support.studio import Studio


@pytest.fixture
def studio(tmp_path):
    return Studio(tmp_path)


LOADED = """
import sys
from ccbell_site.management.commands.web import load_everything
load_everything()
print(*sorted({"requests", "psycopg", "pygments"} & sys.modules.keys()))
import requests, psycopg
print(requests.get.__name__, psycopg.connect.__name__)
"""


def test_the_web_server_leaves_out_what_it_never_uses_and_who_needs_it_may_import_it(studio: Studio):
    studio.manage("prepare")
    assert studio.python(LOADED).stdout.splitlines() == ["", "get connect"]
