"""Slots as the rows that people see: what waits, what runs, what was made."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from jobs.models import Job, Status
from sounds.models import Collection, Favourite, Slot, Sound
from sounds.slot_jobs import jobs_for

SHOWN = (
    "uuid", "take_no", "slot_id", "duration_s", "loudness_lufs", "true_peak_dbtp", "quality", "rank",
    "engine", "measures", "title", "cleaned_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A slot with its takes, and with the job that fills it or could not."""

    slot: Slot
    takes: Sequence[Sound]
    job: Job | None = None
    place: int | None = None
    """Of the job in its lane's line; 1 is next."""
    fans: frozenset[int] = field(default=frozenset())

    @property
    def state(self) -> str:
        """``queued``, ``running`` or ``failed`` for its job, else ``filled``, ``empty`` or ``off``."""
        if self.job:
            return str(self.job.status)
        if not self.slot.enabled:
            return "off"
        return "filled" if self.slot.chosen_id or self.takes else "empty"

    @property
    def name(self) -> str:
        return self.slot.hook.name if self.slot.hook else self.slot.key

    @property
    def shown(self) -> Sound | None:
        """The take it shows first: what is chosen, else the newest."""
        return self.slot.chosen or (self.takes[-1] if self.takes else None)

    @property
    def duration_s(self) -> float | None:
        """How long its next take is to be, where that is said."""
        usual = self.slot.hook.length_s if self.slot.hook else None
        return self.slot.own.get("duration_s", usual)

    @property
    def percent(self) -> int:
        return round(self.job.progress * 100) if self.job else 0

    @property
    def as_json(self) -> str:
        """Its takes, for the page's player."""
        return json.dumps([self._take(take) for take in self.takes], separators=(",", ":"))

    def _take(self, take: Sound) -> dict[str, Any]:
        return take_data(take) | {"chosen": take.pk == self.slot.chosen_id, "liked": take.pk in self.fans}


def take_data(take: Sound) -> dict[str, Any]:
    """A sound as the page's player knows it."""
    return {
        "id": str(take.uuid),
        "no": take.take_no,
        "title": take.title,
        "duration": round(take.duration_s, 3),
        "lufs": round(take.loudness_lufs, 1),
        "peak": round(take.true_peak_dbtp, 1),
        "quality": take.quality,
        "rank": take.rank,
        "engine": take.engine,
        "outline": take.outline,
        "cleaned": take.cleaned_at is not None,
    }


def rows_of(collection: Collection, user: Any, keys: Iterable[str] | None = None) -> list[Row]:
    """The rows of a collection in order, or those of the slots with these keys."""
    slots = collection.slots.select_related("hook", "chosen").order_by("position", "id")
    return rows_for(slots if keys is None else slots.filter(key__in=list(keys)), user)


def rows_for(slots: QuerySet[Slot], user: Any) -> list[Row]:
    slots_ = list(slots)
    takes = _takes(slots_)
    jobs = jobs_for(slots_)
    places = Job.objects.positions([job for job in jobs.values() if job.status == Status.QUEUED])
    fans = _liked([take.pk for group in takes.values() for take in group], user)
    rows = []
    for slot in slots_:
        job = jobs.get(slot.pk)
        place = places.get(job.pk) if job else None
        rows.append(Row(slot, takes[slot.pk], job, place, fans))
    return rows


def _takes(slots: Sequence[Slot]) -> dict[int, list[Sound]]:
    """Each slot's takes in the order they were made; what was chosen from elsewhere comes first."""
    takes: dict[int, list[Sound]] = defaultdict(list)
    for slot in slots:
        if slot.chosen and slot.chosen.slot_id != slot.pk:
            takes[slot.pk].append(slot.chosen)
    made = Sound.objects.filter(slot__in=[slot.pk for slot in slots]).only(*SHOWN)
    for take in made.order_by("take_no", "id"):
        assert take.slot_id is not None
        takes[take.slot_id].append(take)
    return takes


def _liked(sounds: Sequence[int], user: Any) -> frozenset[int]:
    liked = Favourite.objects.filter(user=user).values_list("sound_id", flat=True)
    return frozenset(liked) & frozenset(sounds)
