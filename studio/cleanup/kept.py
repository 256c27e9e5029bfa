"""Which takes have to keep their files."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from jobs.models import Job
from packs.models import BuildItem
from sounds.models import Choice, Favourite, Hook, Slot, Sound, Theme
from sounds.origins import NOT_MADE_HERE

EXAMPLE_HOOK, EXAMPLE_SEED = "task_complete", 1
"""What make.js and try.js ask for when somebody wants to hear a theme."""


def unneeded() -> QuerySet[Sound]:
    """Takes with files that nobody asked to keep, whatever their age.

    A take stays that is chosen, ranked, liked, tagged or locked, that is in a build (and so in a release),
    that undo could bring back, and every one that could not be made again from its Brief.
    """
    tagged = Sound.tags.through.objects.filter(sound=OuterRef("pk"))
    locked = Slot.objects.filter(Q(locked=True) | Q(collection__locked_at__isnull=False))
    return Sound.objects.filter(
        ~Exists(Slot.objects.filter(chosen=OuterRef("pk"))),
        ~Exists(Choice.objects.filter(before=OuterRef("pk"))),
        ~Exists(Choice.objects.filter(after=OuterRef("pk"))),
        ~Exists(Favourite.objects.filter(sound=OuterRef("pk"))),
        ~Exists(tagged),
        ~Exists(BuildItem.objects.filter(sound=OuterRef("pk"))),
        ~Exists(locked.filter(pk=OuterRef("slot"))),
        cleaned_at=None,
        rank=None,
    ).exclude(engine__in=NOT_MADE_HERE)


def outlived(since: datetime) -> QuerySet[Sound]:
    """Those of them older than `since`, in rows where nothing was made or chosen after it.

    A take of no row counts as worked on while others are made from it.
    """
    young = Sound.objects.filter(created_at__gte=since, cleaned_at=None)
    worked_on = Q(slot__in=young.exclude(slot=None).values("slot")) | Q(
        slot__in=Choice.objects.filter(at__gte=since).values("slot")
    )
    return unneeded().filter(~worked_on, ~Exists(young.filter(parent=OuterRef("pk"))), created_at__lt=since)


@dataclass(frozen=True, slots=True)
class AtWork:
    """What jobs that have not ended are about."""

    sounds: frozenset[int]
    slots: frozenset[int]

    @classmethod
    def now(cls) -> AtWork:
        named = Job.objects.unfinished().order_by()
        rows = named.values_list("payload__parent", "payload__sound", "payload__slot", "payload__pack")
        columns = list(zip(*rows, strict=True)) or [()] * 4
        parents, sounds, slots, packs = (_known(column) for column in columns)
        of_packs = Slot.objects.filter(collection__pack__in=packs).values_list("pk", flat=True)
        return cls(frozenset([*parents, *sounds]), frozenset([*slots, *of_packs]))

    def needs(self, pk: int, slot: int | None) -> bool:
        return pk in self.sounds or slot in self.slots


def examples() -> set[str]:
    """Fingerprints of what people hear of each theme and variation before they choose one."""
    # Only here: it reads the presets of the prompts, which a worker that never cleans up does without.
    from sounds.engines.registry import resolve
    from sounds.wish import Wish

    hook = Hook.objects.filter(slug=EXAMPLE_HOOK).first()
    engine = resolve("auto")
    found = set()
    for theme in Theme.objects.prefetch_related("variations"):
        for variation in [None, *theme.variations.all()]:
            wish = Wish(engine=engine, hook=hook, theme=theme, variation=variation, seed=EXAMPLE_SEED)
            with suppress(ValueError):  # nothing can be made of what somebody edited
                found |= {brief.fingerprint for brief in wish.briefs()}
    return found


def _known(values: Iterable[object]) -> list[int]:
    return [value for value in values if isinstance(value, int)]
