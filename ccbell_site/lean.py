"""Keeping the web server small."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from django.db import connection

OPTIONAL = ("requests", "pygments")
"""REST framework imports them wherever they are installed, for a test client and for pages not used here."""


@contextlib.contextmanager
def without_optional_libraries() -> Iterator[None]:
    """Meanwhile they count as not installed; afterwards whoever needs one may import it.

    They take 9 MB, and the driver of a database that is not in use as much again.
    """
    drivers = () if connection.vendor == "postgresql" else ("psycopg",)
    hidden = [name for name in (*OPTIONAL, *drivers) if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # None: an import of it fails
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
