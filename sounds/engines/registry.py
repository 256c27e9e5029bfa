"""Which engines there are: our own and those that other packages add.

A package joins with an entry point in the group ``ccbell.engines`` that names an `EngineCard`.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points

from sounds.engines.base import EngineCard
from sounds.engines.procedural.card import CARD as PROCEDURAL
from sounds.engines.stable_audio.card import CARD as STABLE_AUDIO

logger = logging.getLogger(__name__)

GROUP = "ccbell.engines"


class EngineError(ValueError):
    """An engine that is not known, or cannot work here; the message says what to do."""


@cache
def cards() -> dict[str, EngineCard]:
    """Every known engine by its id."""
    known = {card.id: card for card in (PROCEDURAL, STABLE_AUDIO)}
    for point in entry_points(group=GROUP):
        try:
            card: EngineCard = point.load()
            known.setdefault(card.id, card)
        except Exception:  # a broken package of somebody else's must not take the others along
            logger.exception("The engine %s cannot be loaded and is left out", point.name)
    return known


def card_of(engine: str) -> EngineCard:
    """The card of `engine`; raises `EngineError` when there is none of that name."""
    try:
        return cards()[engine]
    except KeyError:
        known = ", ".join(["auto", *cards()])
        raise EngineError(f"There is no engine “{engine}”; choose one of: {known}.") from None


def why_unavailable(card: EngineCard) -> str:
    """Why an engine cannot work, or ``""``; one that fails to say so is left out, and takes nobody along."""
    try:
        return card.why_unavailable()
    except Exception:
        logger.exception("The engine %s cannot say whether it can work", card.id)
        return f"The engine {card.id} cannot say whether it can work; the log says more."


def resolve(engine: str = "auto") -> EngineCard:
    """The engine to use, `auto` meaning the best one that works here; raises `EngineError` if it cannot."""
    if engine == "auto":
        usable = [c for c in cards().values() if c.auto_rank is not None and not why_unavailable(c)]
        return max(usable, key=lambda card: card.auto_rank or 0)
    card = card_of(engine)
    if why := why_unavailable(card):
        raise EngineError(why)
    return card
