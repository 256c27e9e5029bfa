"""Whether a part of the studio lives: ``python -m deploy.alive web`` or ``worker`` ends with 0 or 1.

For whoever asks every minute, and so with the standard library and without Django.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from jobs.presence import present

WITHIN_S = 5


def web() -> bool:
    """Whether the web server of this container answers, and has its database."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("API_PORT") or 8000), timeout=WITHIN_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException) as error:
        print(error)
        return False
    finally:
        connection.close()


def worker() -> bool:
    """Whether anybody works in this data folder."""
    return any(present(Path(os.environ["DATA_DIR"], "run", "workers")))


if __name__ == "__main__":
    sys.exit(not {"web": web, "worker": worker}[sys.argv[1]]())
