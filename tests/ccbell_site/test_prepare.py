"""Bringing a database up to date before the studio starts."""

from __future__ import annotations

import subprocess

from tests.support.studio import Studio


def test_parts_that_start_together_all_prepare_a_new_database_and_none_fails(tmp_path):
    studio = Studio(tmp_path / "new")
    together = [
        studio.start("manage.py", "prepare", "--admin", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in together]
    assert [process.returncode for process in together] == [0, 0, 0], said
    assert sum("First start" in words for words in said) == 1
    assert studio.rows("select count(*) from accounts_user") == [(1,)]


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    studio = Studio(tmp_path / "new")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "run").write_text("a file where a folder should be")
    refused = studio.manage("prepare", check=False)
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        "CommandError: The data folder cannot be used; make it writable or set DATA_DIR."
    )
