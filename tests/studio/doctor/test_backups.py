"""When the last backup was made, by the names of the files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.backup.place import default_folder
from studio.doctor import backups
from studio.doctor.finding import State
from tests.studio.doctor.support import only


@pytest.fixture(autouse=True)
def one_box(settings) -> None:
    settings.IS_SHARED = False


def test_none_is_said_with_the_command():
    told = only(backups.newest())
    assert told.state is State.NOTE and told.todo.endswith("manage.py backup")


def test_the_newest_one_counts_and_an_old_one_is_told():
    default_folder().mkdir(parents=True)
    for days, state in ((30, State.WARN), (8, State.WARN), (1, State.OK)):
        moment = timezone.now() - timedelta(days=days)
        (default_folder() / f"ccbell-backup-{moment:%Y%m%d-%H%M%S}.zip").write_bytes(b"x" * 2000)
        assert only(backups.newest()).state is state
    (default_folder() / "ccbell-backup-29990101-000000.zip.partial").touch()
    (default_folder() / "other.zip").touch()
    told = only(backups.newest()).fact.replace("\N{NO-BREAK SPACE}", " ")
    assert told.startswith("1 day old, 2 kB, ccbell-backup-")
