"""How much memory is free, and whether that is enough."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sounds.engines.stable_audio.errors import ModelError
from sounds.engines.stable_audio.files import MODEL

_GROUP = Path("/sys/fs/cgroup")
WORKING = 1.5
"""Bytes needed for each byte of weights: the weights themselves, a copy in half precision or what a batch
leaves lying between two layers."""


def require(weight_bytes: int) -> None:
    """Raise `ModelError` when what is free would not hold the weights and the work with them."""
    free = available_bytes()
    needed = round(WORKING * weight_bytes)
    if free is not None and free < needed:
        raise ModelError(
            f"{MODEL.title} needs {needed / 1e9:.1f} GB of free memory, and this machine has "
            f"{free / 1e9:.1f} GB; close something large and try again."
        )


def available_bytes() -> int | None:
    """Memory that can be had without swapping, or None where that cannot be found out."""
    if sys.platform == "darwin":
        return _pages_of_a_mac()
    return min((free for free in (_linux(), _container()) if free is not None), default=None)


def _linux() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _container() -> int | None:
    """What a control group (version 2) still allows; cached file pages can be dropped, and do not count."""
    try:
        limit = int((_GROUP / "memory.max").read_text())
        used = int((_GROUP / "memory.current").read_text())
        stat = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        return limit - used + int(stat["inactive_file"]) + int(stat["active_file"])
    except (OSError, ValueError, KeyError):  # no group, or "max"
        return None


def _pages_of_a_mac() -> int | None:
    """Free, inactive and speculative pages, as ``vm_stat`` counts them; never run on a Mac."""
    try:
        text = subprocess.run(["vm_stat"], capture_output=True, text=True, check=True, timeout=5).stdout
        lines = dict(line.split(":") for line in text.splitlines() if ":" in line)
        page = int(text.split("page size of ")[1].split()[0])
        names = ("Pages free", "Pages inactive", "Pages speculative")
        return page * sum(int(lines[name].strip(" .")) for name in names)
    except (OSError, ValueError, KeyError, IndexError, subprocess.SubprocessError):
        return None
