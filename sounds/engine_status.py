"""Everything there is to know about the engines right now, for commands, pages and the API alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from sounds.engines.base import EngineCard
from sounds.engines.host import state
from sounds.engines.host.state import HostState
from sounds.engines.registry import card_of, cards, why_unavailable
from sounds.models import EngineFault

WORDS = {"idle": "loaded", "loading": "loading", "busy": "busy"}
"""A host's state as people see it: one that is idle has its engine in memory."""


def spoken(moment: datetime) -> str:
    """How long ago that was, for people."""
    seconds = (timezone.now() - moment).total_seconds()
    return f"{seconds:.0f} s" if seconds < 60 else timesince(moment, depth=1)


@dataclass(frozen=True, slots=True)
class EngineStatus:
    card: EngineCard
    why_not: str
    hosts: list[HostState]
    fault: EngineFault | None

    @property
    def state(self) -> str:
        """``unavailable``, ``ready`` (nothing in memory), ``loading``, ``busy`` or ``loaded``."""
        states = {WORDS[host.state] for host in self.hosts}
        for word in ("busy", "loading", "loaded"):
            if word in states:
                return word
        return "unavailable" if self.why_not else "ready"

    @property
    def since(self) -> datetime | None:
        """Since when it has been in that state, where a host says so."""
        return max((datetime.fromtimestamp(host.since, UTC) for host in self.hosts), default=None)

    @property
    def for_how_long(self) -> str:
        return spoken(self.since) if self.since else ""

    @property
    def fault_age(self) -> str:
        return spoken(self.fault.created_at) if self.fault else ""

    @property
    def memory_bytes(self) -> int:
        return sum(host.memory_bytes for host in self.hosts)

    @property
    def details(self) -> dict[str, str]:
        """What its hosts run on: device, precision …"""
        return {name: value for host in self.hosts for name, value in host.details.items()}

    def as_dict(self) -> dict[str, Any]:
        can = self.card.capabilities
        return {
            "id": self.card.id,
            "title": self.card.title,
            "version": self.card.version,
            "licence": self.card.licence,
            "attribution": self.card.attribution,
            "state": self.state,
            "why_not": self.why_not,
            "since": self.since.isoformat() if self.since else None,
            "memory_bytes": self.memory_bytes,
            "details": self.details,
            "last_error": self.fault.sentence if self.fault else "",
            "last_error_at": self.fault.created_at.isoformat() if self.fault else None,
            "qualities": sorted(can.qualities),
            "quality_remarks": dict(can.quality_remarks),
            "min_duration_s": can.min_duration_s,
            "max_duration_s": can.max_duration_s,
            "negative_prompt": can.negative_prompt,
            "knobs": can.knobs,
        }


def engine_statuses() -> list[EngineStatus]:
    """Every engine's status, in the order of the registry."""
    hosts = state.living(settings.RUN_DIR / "hosts")
    return [
        EngineStatus(
            card,
            why_unavailable(card),
            [host for host in hosts if host.engine == card.id],
            EngineFault.objects.latest_of(card.id),
        )
        for card in cards().values()
    ]


def unload(engine: str) -> str:
    """Have an engine leave memory; a sentence that says what happens. `EngineError` if there is none."""
    card = card_of(engine)
    asked = state.unload(settings.RUN_DIR / "hosts", card.id)
    if not asked:
        return f"{card.title} is not in memory."
    if any(host.state != "idle" for host in asked):
        return f"{card.title} is at work; it leaves memory as soon as it is done."
    return f"{card.title} leaves memory; the next sound loads it again."
