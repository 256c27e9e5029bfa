"""``make bench``: every promised figure beside its target; exit code 1 when one is missed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.figures import Figure, keep, show

PARTS = ("sounds", "speed", "queue", "pack", "house")
MORE = ("neural", "neural_memory", "page")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS + MORE)}; the first five by default")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"), help="where figures are kept")
    options = parser.parse_args()
    wanted = options.parts or PARTS
    figures: list[Figure] = []
    for part in wanted:
        module = __import__(f"benchmarks.{part}", fromlist=["measure"])
        figures += show(module.__doc__.splitlines()[0], module.measure())
    keep(figures, options.out)
    promised = [figure for figure in figures if figure.target is not None]
    missed = [figure for figure in promised if not figure.met]
    print(f"\n{len(promised) - len(missed)} of {len(promised)} figures met; {options.out} keeps them.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
