"""What goes wrong with requests: by rule, or by a seeded chance."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CUT = "cut"
"""The connection ends before anything is done; an upload leaves an asset that is not whole."""
LOST = "lost"
"""It is done, and the connection ends without an answer."""
HALF = "half"
"""It is done, and the answer ends in its middle."""
SHORT = "short"
"""An upload is kept, and told of, without its end."""
SLOW = "slow"
"""It takes `seconds`."""


@dataclass(slots=True)
class Fault:
    """One of the words above, or a status with a body and headers, for requests that `on` fits."""

    kind: str | int
    on: str = ""
    """A pattern for ``METHOD /path``, found anywhere in it."""
    times: int = 1
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    skip: int = 0
    """So many requests that fit go well before."""


class Faults:
    """Rules, each for a number of requests; the first that fits is taken."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()
        self.chance: Callable[[str], Fault | None] = lambda request: None
        self.happened: list[tuple[str, str | int]] = []

    def add(self, kind: str | int, on: str = "", **more: Any) -> None:
        self._rules.append(Fault(kind, on, **more))

    def clear(self) -> None:
        self._rules.clear()
        self.chance = lambda request: None

    def of(self, request: str) -> Fault | None:
        with self._lock:
            fault = self._by_rule(request) or self.chance(request)
            if fault:
                self.happened.append((request, fault.kind))
            return fault

    def _by_rule(self, request: str) -> Fault | None:
        for rule in self._rules:
            if rule.times > 0 and re.search(rule.on, request):
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.times -= 1
                return rule
        return None


class Chance:
    """A share of all requests goes wrong in one of GitHub's ways, the same for the same seed."""

    def __init__(self, seed: int, share: float) -> None:
        self._random = random.Random(seed)
        self._share = share

    def __call__(self, request: str) -> Fault | None:
        if self._random.random() >= self._share:
            return None
        slower = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
        kinds: list[Fault] = [
            Fault(500), Fault(502), Fault(503), Fault(CUT), Fault(LOST), Fault(LOST), Fault(HALF),
            Fault(403, headers={"Retry-After": "0"}, body=slower),
        ]  # fmt: skip
        if "uploads" in request:
            kinds += [Fault(SHORT), Fault(CUT)]
        return self._random.choice(kinds)
