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
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jobs.errors import JobCrashed, JobFailed
from sounds.engines.base import EngineCard
from sounds.engines.host.listener import Listener, Simple
from sounds.engines.host.protocol import Message, gather, send

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # numpy's arrays here are small: threads would cost more than they save
    "HF_HUB_OFFLINE": "1",  # models are installed beforehand; making a sound asks nobody
    "TOKENIZERS_PARALLELISM": "false",
}
LOOK_EVERY_S = 0.25
GRACE_S = 2.0
"""How long a cancelled host may take to its next step before it is ended."""
LONG_GRACE_S = 6.0
"""The same where ending it means to load a large model anew."""


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
            env=ENVIRONMENT | os.environ,
            process_group=0,  # Ctrl-C is the worker's to handle
        )
        self._inbox = queue.Queue()
        threading.Thread(target=_read, args=(self._process, self._inbox), daemon=True).start()

    def call(
        self,
        op: str,
        *,
        deadline: float | None = None,
        progress: Callable[[float, str], None] | None = None,
        check: Callable[[], None] | None = None,
        **arguments: Any,
    ) -> Any:
        """Have the host do one thing and return its result; see `ask`."""
        return self.ask(op, Simple(deadline, progress, check), **arguments)

    def ask(self, op: str, listener: Listener, **arguments: Any) -> Any:
        """Have the host do something, tell `listener` what happens, and return the result.

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
            return self._await(request, listener)
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

    def _await(self, request: Message, listener: Listener) -> Any:
        number = request["id"]
        begun = restarted = False
        dropped: set[int] = set()
        look_at = time.monotonic() + LOOK_EVERY_S
        while True:
            now = time.monotonic()
            if listener.deadline is not None and now > listener.deadline:
                self.close()
                raise JobCrashed(f"The engine {self.card.id} did not finish in time and was ended.")
            if now >= look_at:
                look_at = now + LOOK_EVERY_S
                listener.check()
            dropped.update(new := list(listener.unwanted()))
            self._drop(number, new)
            try:
                message = self._inbox.get(timeout=look_at - now)
            except queue.Empty:
                continue
            if message is None:
                # It left for idleness, or because somebody asked it to, before it saw the request.
                left = self._exit_code() in (0, -signal.SIGTERM)
                self.close()
                if left and not begun and not restarted:
                    restarted = True
                    self._send(request)
                    self._drop(number, dropped)
                    continue
                raise JobCrashed(f"The render host of {self.card.id} died ({self._last_words}).")
            if message.get("id") != number:
                continue  # the end of something cancelled before
            begun = True
            match message["type"]:
                case "done":
                    return message["result"]
                case "cancelled":
                    return None
                case "error":
                    raise _error(message)
                case _:
                    _tell(listener, message)

    def _drop(self, number: int, unwanted: Iterable[int]) -> None:
        assert self._process and self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # its end is noticed by who reads
            for index in unwanted:
                send(self._process.stdin, {"op": "cancel", "id": number, "index": index})

    def _exit_code(self) -> int | None:
        assert self._process
        code = self._process.wait()
        self._last_words = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return code

    def _cancel(self, number: int) -> None:
        """Ask for the end of a request, and end the host when it does not get to its next step."""
        try:
            assert self._process and self._process.stdin
            send(self._process.stdin, {"op": "cancel", "id": number, "index": None})
            until = time.monotonic() + (LONG_GRACE_S if self.card.exclusive else GRACE_S)
            while message := self._inbox.get(timeout=max(until - time.monotonic(), 0.01)):
                if message.get("id") == number and message["type"] in ("done", "cancelled", "error"):
                    return
        except (AssertionError, OSError, queue.Empty):
            pass
        self.close()


def _read(process: subprocess.Popen[bytes], inbox: queue.Queue[Message | None]) -> None:
    assert process.stdout
    gather(process.stdout, inbox)
    process.wait()  # no zombie stays behind when it left by itself


def _tell(listener: Listener, message: Message) -> None:
    index: Any = message.get("index")
    match message["type"]:
        case "progress":
            listener.progress(index, message["fraction"], message["message"])
        case "note":
            listener.note(index, message["sentence"])
        case "made":
            listener.made(index, message["result"])
        case "failed":
            listener.failed(index, _error(message))


def _error(message: Message) -> Exception:
    if message["errno"] == errno.ENOSPC:
        return OSError(errno.ENOSPC, message["sentence"])
    return JobFailed(message["sentence"])
