"""``make bench``: every promised figure beside its target; exit code 1 when one is missed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.figures import Figure, keep, show

PARTS = ("sounds", "speed", "queue", "pack")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    wanted = parser.parse_args().parts or PARTS
    figures: list[Figure] = []
    for part in wanted:
        module = __import__(f"benchmarks.{part}", fromlist=["measure"])
        figures += show(module.__doc__.splitlines()[0], module.measure())
    keep(figures, Path("build/bench.json"))
    missed = [figure for figure in figures if not figure.met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} figures met; build/bench.json keeps them.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
