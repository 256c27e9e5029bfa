"""django-q2's sentinel and its workers, made safe against kill -9 of any one of them.

Two things are changed. The locks of its queues are semaphores, which a killed process takes along: the
idle worker sleeps *inside* the task queue's lock, so killing it would leave every other worker waiting
for ever. Here the kernel gives them back. And the sentinel runs in the command's own process, which
saves a process that would only wait.
"""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import tempfile
import uuid
from types import TracebackType
from typing import Any

from django_q.brokers import get_broker
from django_q.cluster import Sentinel

from jobs.orphans import leave_with_parent


class KernelLock:
    """A lock between processes that the kernel releases when its holder dies.

    Record locks (`lockf`) belong to the process, not to the open file, so forks share the file and yet
    exclude each other. Stands in for `multiprocessing.Lock`.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (held as long as the lock lives)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        flags = fcntl.LOCK_EX if block and timeout is None else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.lockf(self._file, flags)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class StopFlag:
    """An event that a signal handler may set while the main thread waits on it (`Event` would deadlock)."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        self._set = False

    def set(self) -> None:
        self._set = True
        os.write(self._writer, b"x")

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set:
            select.select([self._reader], [], [], timeout)
        return self._set


class StudioSentinel(Sentinel):
    """The sentinel in the foreground: Ctrl-C or SIGTERM lets running jobs' workers end, then ends."""

    def start(self) -> None:
        for queue in (self.task_queue, self.result_queue):
            queue._rlock = KernelLock()
            queue._wlock = KernelLock()
        for wish in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wish, lambda *_: self.stop_event.set())
        super().start()

    def spawn_process(self, target: Any, *args: Any) -> Any:
        # A forked child shares what it does not touch; frozen objects are not touched by its collector.
        gc.freeze()
        return super().spawn_process(target, *args)


def run() -> None:
    """Run workers in the foreground until told to stop."""
    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: _become_child(parent))
    StudioSentinel(StopFlag(), StopFlag(), uuid.uuid4(), broker=get_broker())


def _become_child(parent: int) -> None:
    leave_with_parent(parent)
    # Ctrl-C reaches the whole process group; only the sentinel decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
