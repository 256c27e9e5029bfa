"""The child's side: ``python -m sounds.engines.host`` serves one worker until that worker is gone."""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
import uuid
from pathlib import Path
from typing import BinaryIO

from jobs.orphans import leave_with_parent
from jobs.presence import SUFFIX, Presence
from sounds.engines.base import Engine, EngineCard
from sounds.engines.host import bell
from sounds.engines.host.operations import OPERATIONS
from sounds.engines.host.protocol import Message, receive, send, take_stdout
from sounds.engines.host.state import measure, process_ids
from sounds.engines.host.watch import Cancelled, Watch
from sounds.engines.registry import card_of

TAKE_OVER_WITHIN_S = 10.0


class Host:
    """Takes requests one at a time; a thread listens meanwhile for cancels and for the worker's end."""

    def __init__(self, card: EngineCard, *, idle_s: float | None, presence: Presence, out: BinaryIO) -> None:
        self.card = card
        self.idle_s = idle_s
        self.presence = presence
        self.out = out
        # A signal handler may put something into this one, even while the main thread takes something out.
        self.requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.watches: dict[int, Watch] = {}
        self.engine: Engine | None = None
        self.memory_bytes = 0

    def serve(self) -> None:
        """Work until nobody has asked for anything for `idle_s`, or somebody asks it to leave."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        self._say_state("idle")
        while request := self._next():
            self._say_state("busy")
            self._send(self._answer(request))
            self._say_state("idle")

    def leave(self) -> None:
        """Leave as soon as it is idle."""
        self.requests.put(None)

    def _next(self) -> Message | None:
        try:
            return self.requests.get(timeout=self.idle_s)
        except queue.Empty:
            return None

    def _listen(self) -> None:
        while message := receive(sys.stdin.buffer):
            number = message["id"]
            if message["op"] == "cancel":
                if watch := self.watches.get(number):
                    watch.cancel(message["index"])
            else:
                self.watches[number] = Watch(self._send, number, self._sentence)
                self.requests.put(message)
        os._exit(0)  # the worker is gone, and with it the only reason to go on

    def _answer(self, request: Message) -> Message:
        number, op = request.pop("id"), request.pop("op")
        watch = self.watches[number]
        try:
            engine = self._loaded(watch)
            return {"type": "done", "id": number, "result": OPERATIONS[op](engine, watch, **request)}
        except Cancelled:
            return {"type": "cancelled", "id": number}
        except Exception as error:
            return {"type": "error", "id": number, **watch.error(error)}
        finally:
            del self.watches[number]

    def _sentence(self, error: Exception) -> str:
        """Our own ValueErrors are written for people; anything else is a fault, and goes to the log too."""
        full_disk = isinstance(error, OSError) and error.errno == errno.ENOSPC
        ours = isinstance(error, ValueError) and type(error).__module__.startswith("sounds.")
        if full_disk or ours:
            return str(error)
        traceback.print_exception(error)
        return f"The engine {self.card.id} failed ({type(error).__name__}: {error})."

    def _loaded(self, watch: Watch) -> Engine:
        if self.engine is None:
            self._say_state("loading")
            watch.step(0.0, "loading")
            module, name = self.card.implementation.split(":")
            engine: Engine = getattr(importlib.import_module(module), name)()
            engine.load(watch.step)
            self.engine = engine
            self._say_state("busy")
        return self.engine

    def _send(self, message: Message) -> None:
        send(self.out, message)

    def _say_state(self, state: str) -> None:
        details = self.engine.describe() if self.engine else {}
        note = {"engine": self.card.id, "pid": os.getpid(), "process_ids": process_ids(), "state": state}
        note |= {"since": time.time(), "memory_bytes": self._memory_bytes(state)}
        with contextlib.suppress(OSError):  # a full disk is no reason to die
            self.presence.write(json.dumps(note | {"details": details}))

    def _memory_bytes(self, state: str) -> int:
        """For other containers. Measured when idle: of a large model that takes a while, and nobody waits."""
        if state == "idle" and process_ids():
            self.memory_bytes = measure(os.getpid())
        return self.memory_bytes


def _presence(card: EngineCard, folder: Path) -> Presence:
    """A place of its own, or for an exclusive engine the only one, taken over from an idle host."""
    if not card.exclusive:
        return Presence(folder, f"{card.id}-{uuid.uuid4().hex}")
    until = time.monotonic() + TAKE_OVER_WITHIN_S
    while True:
        try:
            return Presence(folder, card.id)
        except FileExistsError:
            if time.monotonic() > until:
                raise
            # It leaves when it is done; the lane has one place, and that is ours.
            bell.ring(folder / f"{card.id}{SUFFIX}")
            time.sleep(0.1)


NICENESS = 5
"""Where there is too little processor for all, pages and the queue come before sounds."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--run-dir", type=Path, required=True)
    parser.add_argument("--idle", type=float)
    options = parser.parse_args()
    leave_with_parent(options.parent)
    os.nice(NICENESS)
    out = take_stdout()
    card = card_of(options.engine)
    presence = _presence(card, options.run_dir)
    host = Host(card, idle_s=options.idle, presence=presence, out=out)
    signal.signal(signal.SIGTERM, lambda *_: host.leave())
    bell.hang(presence.path, host.leave)
    try:
        host.serve()
    except BrokenPipeError:
        pass
    finally:
        bell.take_down(presence.path)
        presence.close()
    # Not sys.exit: the listener still sits in a read, and the interpreter would abort over its lock.
    os._exit(0)


if __name__ == "__main__":
    main()
