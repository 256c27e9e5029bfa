"""Web server and workers together in the foreground: ``python -m ccbell_site.run``.

Standard library only: this process does nothing but wait, and should cost as little as that.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

STOP_WITHIN_S = 4.0
"""After that a process is killed; the queue takes its job up again."""
RESTART_AFTER_S = 1.0
QUICK_S = 10.0
QUICK_DEATHS = 3
REFUSED = 2
"""A part ends with this when something has to be put right first."""


class DoesNotStay(Exception):
    """A part dies as soon as it is started."""


class Part:
    """One process of the studio, started again when it dies."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.quick_deaths = 0
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        # A group of its own: Ctrl-C reaches only the supervisor, which then stops each part once.
        self.process = subprocess.Popen(self.command, process_group=0)

    def revive(self) -> None:
        """Start it again if it died; raises `DoesNotStay` when that does not help."""
        if (code := self.process.poll()) is None:
            return
        if code == REFUSED:
            raise DoesNotStay(f"The {self.name} does not start; what it said above is the reason.")
        quick = time.monotonic() - self.started_at < QUICK_S
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        if self.quick_deaths >= QUICK_DEATHS:
            raise DoesNotStay(f"The {self.name} does not stay up; what it said above is the reason.")
        print(f"The {self.name} ended with {code}; starting it again.", file=sys.stderr, flush=True)
        time.sleep(RESTART_AFTER_S)
        self.start()


def stop(parts: list[Part]) -> None:
    """Ask all parts to end, and make those that do not."""
    until = time.monotonic() + STOP_WITHIN_S
    for part in parts:
        if part.process.poll() is None:
            part.process.terminate()
    for part in parts:
        try:
            part.process.wait(timeout=max(until - time.monotonic(), 0.05))
        except subprocess.TimeoutExpired:
            os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()


def main() -> int:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for wish in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, end)
    manage = [sys.executable, "manage.py"]
    parts: list[Part] = []
    try:
        if code := subprocess.run([*manage, "prepare", "--admin"], check=False).returncode:
            return code
        for name, command in (("worker", "worker"), ("web server", "web")):
            parts.append(Part(name, [*manage, command, "--parent", str(os.getpid())]))
        while True:
            time.sleep(0.5)
            for part in parts:
                part.revive()
    except KeyboardInterrupt:
        print("\nStopping …", file=sys.stderr, flush=True)
        return 0
    except DoesNotStay as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    finally:
        for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wish, signal.SIG_IGN)
        stop(parts)


if __name__ == "__main__":
    sys.exit(main())
