"""Single takes as pages ask for them."""

from __future__ import annotations

from uuid import UUID

from sounds.models import Sound


def take_of(text: str) -> Sound | None:
    """The take with that uuid; None for one that there is not, or for something that is no uuid."""
    try:
        return Sound.objects.filter(uuid=UUID(text)).first()
    except ValueError:
        return None
