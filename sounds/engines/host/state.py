"""Which render hosts live on this machine, what they do, and how to have one leave."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.presence import SUFFIX, present
from sounds.engines.host import bell


@dataclass(frozen=True, slots=True)
class HostState:
    """What a living host says of itself, and its memory in bytes (its fair share of what it shares).

    ``state`` is ``idle``, ``loading`` or ``busy``; ``since`` is in seconds since the epoch. ``pid`` is what
    the host itself is called: in another container that is another process.
    """

    engine: str
    lock: Path
    pid: int
    state: str
    since: float
    details: dict[str, str]
    memory_bytes: int


def living(run_dir: Path) -> list[HostState]:
    """Every host of this studio."""
    states = []
    for name, note in present(run_dir):
        with contextlib.suppress(ValueError, KeyError):  # it writes it this very moment
            told = json.loads(note)
            states.append(
                HostState(
                    told["engine"],
                    run_dir / f"{name}{SUFFIX}",
                    told["pid"],
                    told["state"],
                    told["since"],
                    told["details"],
                    _memory_bytes(told),
                )
            )
    return states


def unload(run_dir: Path, engine: str) -> list[HostState]:
    """Ask an engine's hosts to leave, each as soon as it is done; those that were asked."""
    asked = [state for state in living(run_dir) if state.engine == engine]
    for state in asked:
        bell.ring(state.lock)
    return asked


def process_ids() -> str:
    """Which numbering of processes is in force here; containers have one each. ``""`` but on Linux."""
    return os.readlink("/proc/self/ns/pid") if sys.platform == "linux" else ""


def _memory_bytes(told: dict[str, Any]) -> int:
    """What it is now, or for a host in another container, what it was when the host last said something."""
    return measure(told["pid"]) if told["process_ids"] == process_ids() else int(told["memory_bytes"])


def measure(pid: int) -> int:
    """Memory of a process; 0 where it cannot be told, such as of one that left this very moment."""
    try:
        if sys.platform == "linux":
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
        ps = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
        return int(ps.stdout) * 1024
    except (OSError, ValueError, IndexError, StopIteration, subprocess.CalledProcessError):
        return 0
