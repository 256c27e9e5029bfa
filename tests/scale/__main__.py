"""The tests on PostgreSQL and Redis: ``python -m tests.scale``, with words for pytest if there are any.

First what every studio promises, with PostgreSQL below it; then what only several machines can show.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.postgres import Postgres

ON_POSTGRES = [
    "tests/jobs",
    "tests/accounts",
    "tests/sounds/api",
    "tests/sounds/test_search.py",
    "tests/sounds/test_slot.py",
    "tests/sounds/test_sweep.py",
    "tests/packs/api",
    "tests/packs/test_build.py",
    "tests/releases",
    "tests/studio",
]
"""What writes to the database in ways of its own."""


def main() -> int:
    """Run both; the exit code of the first that fails."""
    words = sys.argv[1:]
    postgres = Postgres()
    try:
        environment = os.environ | {"DATABASE_URL": postgres.url("postgres")}
        for part in (["-n", "2", *ON_POSTGRES], ["-m", "scale", "tests/scale"]):
            command = [sys.executable, "-m", "pytest", *part, *words]
            if code := subprocess.run(command, env=environment, check=False).returncode:
                return code
    finally:
        postgres.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
