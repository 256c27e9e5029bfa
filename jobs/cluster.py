"""django-q2's sentinel and its workers, made safe against kill -9 of any one of them.

Its locks are semaphores, which a killed process takes along: the idle worker sleeps *inside* the task
queue's lock, so killing it would leave every other worker waiting for ever, and a timer's lock would stop
the sentinel. Here the kernel gives them back. And the sentinel runs in the command's own process, which
saves a process that would only wait.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import select
import signal
import tempfile
import uuid
from multiprocessing import Value
from types import TracebackType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import QuerySet
from django_q.brokers import get_broker
from django_q.cluster import Sentinel
from django_q.worker import worker

from jobs import stopping
from jobs.heartbeat import Heartbeat
from jobs.orphans import leave_with_parent


class KernelLock:
    """A lock between processes that the kernel releases when its holder dies.

    Record locks (`lockf`) belong to the process, not to the open file, so forks share the file and yet
    exclude each other. Stands in for `multiprocessing.RLock` where one thread a process uses it.
    """

    def __init__(self) -> None:
        self._held = os.getpid(), 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (held as long as the lock lives)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        depth = self._depth()
        flags = fcntl.LOCK_EX if block and timeout is None else fcntl.LOCK_EX | fcntl.LOCK_NB
        if not depth:
            try:
                fcntl.lockf(self._file, flags)
            except BlockingIOError:
                return False
        self._held = os.getpid(), depth + 1
        return True

    def release(self) -> None:
        depth = self._depth() - 1
        self._held = os.getpid(), depth
        if not depth:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _depth(self) -> int:
        pid, depth = self._held
        return depth if pid == os.getpid() else 0  # a fork holds nothing of its parent's

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class StopFlag:
    """An event shared with forks: set for good, and without a lock that anybody could die with.

    A signal handler may set it while the main thread waits on it, where `Event` would deadlock.
    """

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()

    def set(self) -> None:
        os.write(self._writer, b"x")  # never read, so it stays readable for all

    def is_set(self) -> bool:
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> bool:
        return bool(select.select([self._reader], [], [], timeout)[0])


def _shared(kind: str, value: float) -> Any:
    """A number shared between processes, behind a lock that nobody can die with."""
    return Value(kind, value, lock=KernelLock())  # type: ignore[call-overload]


class StudioSentinel(Sentinel):
    """The sentinel in the foreground: Ctrl-C or SIGTERM lets running jobs' workers end, then ends."""

    def start(self) -> None:
        for queue in (self.task_queue, self.result_queue):
            queue._rlock = KernelLock()
            queue._wlock = KernelLock()
            queue.size.count = _shared("i", 0)
        self.event_out = StopFlag()
        stopping.ask(self.event_out.is_set)
        for wish in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wish, lambda *_: self.stop_event.set())
        super().start()

    def spawn_worker(self) -> None:
        self.spawn_process(worker, self.task_queue, self.result_queue, _shared("f", -1), self.timeout)

    def spawn_process(self, target: Any, *args: Any) -> Any:
        # A forked child shares what it does not touch; frozen objects are not touched by its collector.
        gc.freeze()
        return super().spawn_process(target, *args)


def run() -> None:
    """Run workers in the foreground until told to stop."""
    # Pushing and working look at the connection's age several times a second; it is not to be opened anew.
    connections.databases[DEFAULT_DB_ALIAS]["CONN_MAX_AGE"] = None
    os.register_at_fork(before=_remember_parent, after_in_child=_become_child)
    Heartbeat().beat()  # before any of its jobs could be taken for lost
    _warm_up()
    connections.close_all()
    StudioSentinel(StopFlag(), StopFlag(), uuid.uuid4(), broker=get_broker())


def _warm_up() -> None:
    """Ask once what forks ask all the time: what that loads and caches they then share."""
    from django_q.models import OrmQ, Schedule

    from jobs import reaper, tasks
    from jobs.models import Batch, Event, Job

    with contextlib.suppress(DatabaseError):  # a worker says it, and goes on when it is back
        reaper.reap()
        tasks.is_waking()
        Job.objects.claimable().exists()
        for model in (Batch, Event, Job, OrmQ, Schedule):
            nothing: QuerySet[Any] = model._base_manager.filter(pk=0)
            list(nothing)
            nothing.update(id=0)
            nothing.delete()


_parent = 0


def _remember_parent() -> None:
    global _parent
    _parent = os.getpid()


def _become_child() -> None:
    leave_with_parent(_parent)
    # Ctrl-C reaches the whole process group; only the sentinel decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
