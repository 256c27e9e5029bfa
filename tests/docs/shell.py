"""A terminal in a folder, for lines as people type them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.studio import ROOT

LONGEST_S = 90


class Shell:
    """Where `python` is the studio's, and ``manage.py`` lies in the folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        folder.mkdir(exist_ok=True)
        if not (folder / "manage.py").exists():
            (folder / "manage.py").symlink_to(ROOT / "manage.py")
        self.folder = folder
        path = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        self.environment = environment | {"PATH": path}

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Type a line in, and wait for it to end well."""
        ended = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=LONGEST_S,
        )  # fmt: skip
        assert ended.returncode == 0, f"{line}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"
        return ended
