"""The presets in the database: loaded by the studio once, for later tests copied."""

from __future__ import annotations

from django.db.models import Model

from sounds.load_presets import load_presets
from sounds.models import Hook, Theme, Variation

_rows: list[list[Model]] = []


def load() -> None:
    if not _rows:
        load_presets()
        _rows.extend(list(model.objects.order_by("pk")) for model in (Hook, Theme, Variation))
        return
    for rows in _rows:
        type(rows[0])._default_manager.bulk_create(rows)
