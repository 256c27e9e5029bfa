"""The command line before Django is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[1] / "manage.py"


def test_a_python_without_django_is_told_which_one_to_use() -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(MANAGE), "check"], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr.startswith("Error: This Python has no Django in it; run ")
    assert ended.stderr.count("\n") == 1
