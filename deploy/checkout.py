"""The studio's folder, as a service finds it: without the environment of whoever installs it."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = """
import json, sys
from django.core.exceptions import ImproperlyConfigured
try:
    from ccbell_site import settings
except ImproperlyConfigured as error:
    sys.exit(str(error))
names = "DATA_DIR", "AUDIO_OUTPUT_DIR", "MODEL_CACHE_DIR", "STATIC_ROOT"
print(json.dumps([settings.PUBLIC_URL, *(str(getattr(settings, name)) for name in names)]))
"""


class Refused(Exception):
    """Something has to be put right first; a sentence for people."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the studio lies, and the Python that it runs with."""

    folder: Path
    python: Path

    @classmethod
    def here(cls) -> Checkout:
        return cls(Path(__file__).resolve().parent.parent, Path(sys.prefix, "bin", "python"))

    def owner(self) -> str:
        """The name of whose folder this is."""
        number = self.folder.stat().st_uid
        try:
            return pwd.getpwuid(number).pw_name
        except KeyError:
            raise Refused(f"Nobody is called {number}, whose folder {self.folder} is; use chown.") from None

    def settings(self, user: str) -> tuple[str, list[Path]]:
        """The studio's address, and the folders it writes into, which are made on the way."""
        address, *folders = json.loads(self._run(["-c", SETTINGS], user, capture_output=True))
        return address, [Path(folder) for folder in folders]

    def prepare(self, user: str) -> None:
        """Bring the database up to date; says the first administrator's password to who looks on."""
        self._run(["manage.py", "prepare", "--admin"], user)

    def _run(self, arguments: list[str], user: str, **options: Any) -> str:
        """Run the studio's Python as that user, who alone is to own what it makes."""
        who = pwd.getpwnam(user)
        if os.geteuid() != who.pw_uid:
            options |= {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        home = {"HOME": who.pw_dir, "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ended = subprocess.run(
                [self.python, *arguments], cwd=self.folder, env=home, umask=0o077, text=True, **options
            )
        except OSError as error:
            raise Refused(f"{user} cannot run {self.python} ({error.strerror}); mend its rights.") from error
        if ended.returncode:
            raise Refused((ended.stderr or "").strip() or "Nothing was installed; put that right first.")
        return ended.stdout or ""


def write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put a file into its place, whole or not at all, and say so."""
    if path.is_file() and path.read_bytes() == content:
        print(f"as it was  {path}")
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(content)
        partial.chmod(mode)
        partial.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}).") from error
    print(f"written    {path}")


def remove(path: Path) -> bool:
    """Whether it was there."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Refused(f"{path} cannot be removed ({error.strerror}).") from error
    print(f"removed    {path}")
    return True


def below(root: Path | None, path: Path) -> Path:
    """Where that file of the machine lies when only tried in a folder."""
    return root.resolve() / path.relative_to(path.anchor) if root else path


def run(*command: str, check: bool = True) -> bool:
    """Whether a command of the machine went well; where it has to, `Refused` with what it said."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused(f"There is no {command[0]} here; use: make run") from None
    if ended.returncode and check:
        raise Refused(f"{' '.join(command)} said: {(ended.stderr or ended.stdout).strip()}")
    return not ended.returncode
