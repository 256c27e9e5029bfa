"""The worker's side: a child process that installs, watched until it has ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sounds.engines.host.protocol import Message, gather, send
from sounds.weights.errors import WeightsError
from sounds.weights.meter import Tell

ROOT = Path(__file__).resolve().parents[2]
LOOK_EVERY_S = 0.25
TELL_EVERY_S = 0.5
"""What is told becomes a row, and a download may take hours."""
STALL_S = 180.0
"""The child speaks all the time, but for imports and the waits of its network timeouts."""
QUIET = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_VERBOSITY": "error",
    "HF_DEBUG": "",  # it would print whole requests
}


def install(
    model: str, source: str, *, progress: Tell, check: Callable[[], None], stall_s: float = STALL_S
) -> dict[str, Any]:
    """Install in a child process; call it from the main thread, which the child does not outlive.

    Parameters
    ----------
    progress
        Called with the fraction done and a message.
    check
        Called a few times a second; whatever it or `progress` raises ends the child and comes through.

    Raises
    ------
    WeightsError
        It cannot be done, or the child died or hung.
    """
    with _child() as process:
        inbox: queue.Queue[Message | None] = queue.Queue()
        assert process.stdin and process.stdout
        threading.Thread(target=gather, args=(process.stdout, inbox), daemon=True).start()
        with contextlib.suppress(BrokenPipeError):  # then it died, and that is what we hear below
            send(process.stdin, {"model": model, "from": source})
        return _follow(process, inbox, progress, check, stall_s)


def _follow(
    process: subprocess.Popen[bytes],
    inbox: queue.Queue[Message | None],
    progress: Tell,
    check: Callable[[], None],
    stall_s: float,
) -> dict[str, Any]:
    """Pass on what the child says until it has ended; of what comes too fast only the last."""
    heard_at, told_at, latest = time.monotonic(), 0.0, None
    while time.monotonic() - heard_at < stall_s:
        try:
            message = inbox.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            check()
        else:
            heard_at = time.monotonic()
            if message is None:
                raise WeightsError(_last_words(process.wait()))
            if message["type"] == "error":
                raise WeightsError(message["sentence"])
            if message["type"] == "done":
                result: dict[str, Any] = message["result"]
                return result
            latest = message
        if latest and time.monotonic() - told_at >= TELL_EVERY_S:
            progress(latest["fraction"], latest["message"])
            told_at, latest = time.monotonic(), None
    raise WeightsError(f"Nothing moved for {stall_s:.0f} s; run it again and it goes on where it stopped.")


@contextlib.contextmanager
def _child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sounds.weights.fetch", "--parent", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **QUIET},
        process_group=0,  # Ctrl-C is ours to handle
    )
    try:
        yield process
    finally:
        process.kill()  # whatever it has loaded lies on the disk already
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                assert pipe
                pipe.close()


def _last_words(code: int) -> str:
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"The installing process died ({how}); run it again and it goes on where it stopped."
