"""``make torture``: kill, starve and flood a studio that must lose nothing; exit code 1 when it does."""

from __future__ import annotations

import argparse
import inspect
import secrets
import sys
from pathlib import Path

from benchmarks.figures import Figure, keep, show

PARTS = (
    "kills", "power", "disk", "poison", "many", "lanes", "cancel", "writers", "waits", "streams", "library",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="to have it again")
    parser.add_argument("--out", type=Path, default=Path("build/torture.json"), help="where figures are kept")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    figures: list[Figure] = []
    for part in options.parts or PARTS:
        module = __import__(f"torture.{part}", fromlist=["measure"])
        by_chance = "seed" in inspect.signature(module.measure).parameters
        figures += show(module.__doc__.splitlines()[0], module.measure(**_seed(by_chance, options.seed)))
    keep(figures, options.out)
    promised = [figure for figure in figures if figure.target is not None]
    missed = [figure for figure in promised if not figure.met]
    print(f"\n{len(promised) - len(missed)} of {len(promised)} figures met; {options.out} keeps them.")
    return 1 if missed else 0


def _seed(by_chance: bool, seed: int) -> dict[str, int]:
    return {"seed": seed} if by_chance else {}


if __name__ == "__main__":
    sys.exit(main())
