"""Render hosts that several tests use: to start one costs more than most of what it is asked for."""

from __future__ import annotations

import os

from sounds import hosts
from sounds.engines.host.client import RenderHost

PATH = os.environ["PATH"]

_kept: dict[tuple[int, str], RenderHost] = {}


def lend() -> None:
    """Let this process find the hosts that were kept."""
    hosts._hosts.update(_kept)
    _kept.clear()


def take_back() -> None:
    """Keep the hosts that there are now for the next test, unless they find other programs than it."""
    if os.environ["PATH"] != PATH:
        hosts.close_all()
    _kept.update(hosts._hosts)
    hosts._hosts.clear()


def renew() -> None:
    """End those there are: from now on they are to start with another environment."""
    hosts.close_all()


def close() -> None:
    """End all that were kept."""
    lend()
    hosts.close_all()
    hosts._hosts.clear()
