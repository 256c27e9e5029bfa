"""Who may change what people own."""

from __future__ import annotations

from typing import Any


def may_change(user: Any, obj: Any) -> bool:
    """Its owner may, and staff; what belongs to nobody is for staff alone."""
    return bool(user.is_staff or (obj.owner_id is not None and obj.owner_id == user.pk))
