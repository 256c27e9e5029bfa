"""Which file system a folder lies on: SQLite's log and the locks of processes need one of this machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NETWORK = re.compile(
    r"nfs\d*|cifs|smb\d*|smbfs|afpfs|webdav|davfs2?|9p|ceph|glusterfs|lustre|afs|gfs2|ocfs2|beegfs"
    r"|fuse\.(sshfs|grpcfuse|glusterfs|s3fs|rclone|ceph.*)|virtiofs|osxfs|fakeowner"
)
"""As the system names them; the last ones are folders of the host in Docker Desktop."""
_MAC = re.compile(r".+ on (?P<place>/.*?) \((?P<kind>[^,)]+)")


def network_kind(folder: Path) -> str:
    """What a file system on the network, or shared with another system, is called; ``""`` for one of here."""
    kind = kind_of(folder, _mounts())
    return kind if NETWORK.fullmatch(kind) else ""


def kind_of(folder: Path, mounts: list[tuple[Path, str]]) -> str:
    """The kind of the mount that lies nearest above `folder`; of two in one place the later one counts."""
    above = [(len(place.parts), kind) for place, kind in mounts if folder.is_relative_to(place)]
    return max(reversed(above), key=lambda one: one[0])[1] if above else ""


def linux_mounts(text: str) -> list[tuple[Path, str]]:
    """Of ``/proc/self/mounts``, where a space in a path is written as ``\\040``."""
    rows = [line.split(" ") for line in text.splitlines()]
    return [(Path(re.sub(r"\\(\d{3})", _octal, row[1])), row[2]) for row in rows if len(row) > 2]


def mac_mounts(text: str) -> list[tuple[Path, str]]:
    """Of the command ``mount``."""
    found = map(_MAC.match, text.splitlines())
    return [(Path(match["place"]), match["kind"]) for match in found if match]


def _mounts() -> list[tuple[Path, str]]:
    if sys.platform == "linux":
        return linux_mounts(Path("/proc/self/mounts").read_text(errors="replace"))
    told = subprocess.run(["mount"], capture_output=True, text=True, timeout=3, check=False)
    return mac_mounts(told.stdout)


def _octal(match: re.Match[str]) -> str:
    return chr(int(match[1], 8))
