"""No process of the studio outlives the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def leave_with_parent(parent: int) -> None:
    """End this process as soon as its parent is gone, however the parent ended.

    Linux tells the kernel to do it; elsewhere a thread looks twice a second. The parent says who it is,
    for it may be gone already when the child gets here, and another process be its parent by then. On
    Linux the *thread* that started this process counts as the parent: start it from one that stays.
    """
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
