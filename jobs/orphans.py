"""No process of the studio outlives the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def leave_with_parent(parent_pid: int | None = None) -> None:
    """End this process as soon as its parent is gone, however the parent ended.

    Linux tells the kernel to do it; elsewhere a thread looks twice a second. `parent_pid` is the
    parent as the caller knew it before the fork: it may be gone already when the child gets here.
    """
    parent = parent_pid or os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
