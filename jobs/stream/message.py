"""An event as the text that clients get."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jobs.api.words import API_STATUS, percent
from jobs.models import Event


@dataclass(frozen=True, slots=True)
class Message:
    """One event, encoded once for all who get it, with what decides who they are."""

    pk: int
    owner_id: int | None
    job_id: int
    batch_id: int | None
    created_at: datetime
    text: bytes


def messages(events: QuerySet[Event], most: int) -> list[Message]:
    """The first `most` of these events, by id."""
    rows = events.order_by("pk").values_list(
        "pk", "owner_id", "job_id", "batch_id", "created_at", "batch__uuid", "type", "data"
    )[:most]
    return [Message(*row[:5], encode(row[0], *row[5:])) for row in rows]


def encode(pk: int, batch: UUID | None, type_: str, data: dict[str, Any]) -> bytes:
    """The bytes of one message; an event that an older version wrote may lack some of `data`."""
    status = data.get("status", "")
    sound = (data.get("result") or {}).get("sound")
    told = {
        "job_id": data.get("job"),
        "batch_id": batch and str(batch),
        "type": type_,
        "label": data.get("label", ""),
        "status": API_STATUS.get(status, status),
        "progress": percent(data.get("progress", 0)),
        "message": data.get("message", ""),
        "error": data.get("error", ""),
        "attempt": data.get("attempt", 0),
        "sound_id": sound,
        "audio_url": f"/api/audio/{sound}" if sound else None,
    }
    line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    # JSON may hold half a surrogate pair, which UTF-8 may not.
    return f"id: {pk}\ndata: {line}\n\n".encode(errors="replace")


def join(messages: Iterable[Message]) -> bytes:
    return b"".join(message.text for message in messages)
