"""The identity of this machine, where several share one database.

A machine is whoever shares a data folder, for that is where the locks of its processes lie: the containers
of one host are one machine if they have the same volume, and two if they have not.
"""

from __future__ import annotations

import hashlib
import re
import socket
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from ccbell_site import env

LONGEST_HOST = 24


def name() -> str:
    """The host's name for people, and a part that was drawn at random once: hosts may be named alike."""
    return _name(settings.DATA_DIR / "machine_id")


def key_digest() -> str:
    """What tells whether another machine has the same SECRET_KEY, and nothing about it."""
    return salted_hmac("jobs.machine", "", algorithm="sha256").hexdigest()[:16]


@cache
def _name(path: Path) -> str:
    host = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower())[:LONGEST_HOST].strip("-") or "machine"
    return f"{host}-{hashlib.sha256(env.kept(path).encode()).hexdigest()[:8]}"
