"""The worker's side of a render host: start it, ask it, and survive whatever it does."""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.errors import JobCrashed, JobFailed
from sounds.engines.base import EngineCard
from sounds.engines.host.protocol import Message, receive, send

ROOT = Path(__file__).resolve().parents[3]
LOOK_EVERY_S = 0.25
GRACE_S = 2.0
"""How long a cancelled host may take to its next step before it is ended."""

Progress = Callable[[float, str], None]


class RenderHost:
    """One engine's host, started with the first request and again whenever it has left.

    Parameters
    ----------
    card
        The engine it serves.
    run_dir
        Where living hosts keep their locks.
    idle_s
        Seconds without work after which it leaves by itself; None for never.
    """

    def __init__(self, card: EngineCard, *, run_dir: Path, idle_s: float | None) -> None:
        self.card = card
        self.run_dir = run_dir
        self.idle_s = idle_s
        self._process: subprocess.Popen[bytes] | None = None
        self._inbox: queue.Queue[Message | None] = queue.Queue()
        self._number = 0

    @property
    def pid(self) -> int | None:
        """Process id of the living host, or None."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process if it is not there; returns at once, while it still imports.

        On Linux it lives no longer than the *thread* that starts it: call it from the main one.
        """
        if self.pid:
            return
        command = [sys.executable, "-m", "sounds.engines.host", self.card.id]
        command += ["--parent", str(os.getpid()), "--run-dir", str(self.run_dir)]
        if self.idle_s is not None:
            command += ["--idle", str(self.idle_s)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            # One sound at a time, all of it small: BLAS threads would cost ten times what they save.
            env={"OPENBLAS_NUM_THREADS": "1", **os.environ},
            process_group=0,  # Ctrl-C is the worker's to handle
        )
        self._inbox = queue.Queue()
        threading.Thread(target=_read, args=(self._process, self._inbox), daemon=True).start()

    def call(
        self,
        op: str,
        *,
        deadline: float | None = None,
        progress: Progress | None = None,
        check: Callable[[], None] | None = None,
        **arguments: Any,
    ) -> Any:
        """Have the host do something and return its result.

        Parameters
        ----------
        deadline
            On `time.monotonic`; a host that is not done by then is taken to hang and is ended.
        progress
            Called with the fraction done and a message.
        check
            Called a few times a second; whatever it or `progress` raises stops the operation in the
            host and comes through.

        Raises
        ------
        JobFailed
            The host says, in a sentence, that it cannot be done.
        JobCrashed
            The host died or hung.
        OSError
            The disk is full.
        """
        self._number += 1
        request = {"id": self._number, "op": op, **arguments}
        self._send(request)
        try:
            return self._await(request, deadline, progress or _nothing, check or _nothing)
        except (JobFailed, JobCrashed, OSError):
            raise
        except BaseException:
            self._cancel(request["id"])
            raise

    def close(self) -> None:
        """End the host now; it starts again when needed."""
        process, self._process = self._process, None
        if process:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _send(self, request: Message) -> None:
        for _ in range(2):  # it may be leaving for idleness this very moment
            self.start()
            assert self._process and self._process.stdin
            try:
                return send(self._process.stdin, request)
            except BrokenPipeError:
                self.close()
        raise JobCrashed(f"The render host of {self.card.id} does not start; see the worker's log.")

    def _await(self, request: Message, deadline: float | None, progress: Progress, check: Any) -> Any:
        number = request["id"]
        begun = restarted = False
        while True:
            if deadline is not None and time.monotonic() > deadline:
                self.close()
                raise JobCrashed(f"The engine {self.card.id} did not finish in time and was ended.")
            try:
                message = self._inbox.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                check()
                continue
            if message is None:
                # It left for idleness, or for another worker's host, before it saw the request.
                left = self._exit_code() in (0, -signal.SIGTERM)
                self.close()
                if left and not begun and not restarted:
                    restarted = True
                    self._send(request)
                    continue
                raise JobCrashed(f"The render host of {self.card.id} died ({self._last_words}).")
            if message.get("id") != number:
                continue  # the end of something cancelled before
            begun = True
            if message["type"] == "progress":
                progress(message["fraction"], message["message"])
            elif message["type"] == "done":
                return message["result"]
            elif message["type"] == "error":
                if message["errno"] == errno.ENOSPC:
                    raise OSError(errno.ENOSPC, message["sentence"])
                raise JobFailed(message["sentence"])

    def _exit_code(self) -> int | None:
        assert self._process
        code = self._process.wait()
        self._last_words = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return code

    def _cancel(self, number: int) -> None:
        """Ask for the end of a request, and end the host when it does not get to its next step."""
        try:
            assert self._process and self._process.stdin
            send(self._process.stdin, {"op": "cancel", "id": number})
            until = time.monotonic() + GRACE_S
            while message := self._inbox.get(timeout=max(until - time.monotonic(), 0.01)):
                if message.get("id") == number and message["type"] != "progress":
                    return
        except (AssertionError, OSError, queue.Empty):
            pass
        self.close()


def _read(process: subprocess.Popen[bytes], inbox: queue.Queue[Message | None]) -> None:
    assert process.stdout
    with contextlib.suppress(OSError, ValueError):
        while message := receive(process.stdout):
            inbox.put(message)
    inbox.put(None)
    process.wait()  # no zombie stays behind when it left by itself


def _nothing(*_: Any) -> None:
    return None
