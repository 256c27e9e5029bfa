"""The render hosts of this process, one an engine."""

from __future__ import annotations

import os

from django.conf import settings

from jobs.presence import sweep
from sounds.engines.host.client import RenderHost
from sounds.engines.registry import card_of

AUDIO_ENGINE = "procedural"
"""Its host also encodes and measures: it is always there, and light."""

_hosts: dict[tuple[int, str], RenderHost] = {}


def host_of(engine: str = AUDIO_ENGINE) -> RenderHost:
    """This process's host of an engine; it starts with the first call made to it."""
    key = os.getpid(), engine  # a fork shares no host with its parent
    if key not in _hosts:
        _hosts[key] = RenderHost(
            card_of(engine), run_dir=settings.RUN_DIR / "hosts", idle_s=settings.MODEL_IDLE_TIMEOUT_S
        )
    return _hosts[key]


def close_all() -> None:
    for (pid, _), host in list(_hosts.items()):
        if pid == os.getpid():
            host.close()
            sweep(host.run_dir)
