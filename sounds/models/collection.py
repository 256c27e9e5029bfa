"""A Collection: slots that belong together."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from sounds.errors import LockedError

if TYPE_CHECKING:
    from sounds.models.preset import Hook
    from sounds.models.slot import Slot


class Collection(models.Model):
    """What a pack is chosen from; later also a script, a set of notes, a playlist."""

    class Kind(models.TextChoices):
        PACK = "pack", "Pack"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PACK)
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    theme = models.ForeignKey("sounds.Theme", models.SET_NULL, null=True, blank=True)
    variation = models.ForeignKey("sounds.Variation", models.SET_NULL, null=True, blank=True)
    prompt = models.TextField(blank=True, help_text="Words of its own, beside the theme's.")
    settings = models.JSONField(default=dict, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    def add_slots(self, hooks: Iterable[Hook]) -> None:
        """Give it a slot for each hook that has none."""
        from sounds.models.slot import Slot

        there = set(self.slots.values_list("key", flat=True))
        new = [
            Slot(collection=self, key=hook.slug, hook=hook, position=hook.position)
            for hook in hooks
            if hook.slug not in there
        ]
        Slot.objects.bulk_create(new, ignore_conflicts=True)  # somebody may be giving it the same

    def undo(self) -> Slot | None:
        """Take back the choice made last in any slot that is not locked; its slot, or None.

        That something was chosen at all is not taken back: no slot is empty afterwards.
        """
        from sounds.models.slot import Choice

        latest: set[int] = set()
        for choice in Choice.objects.filter(slot__collection=self, slot__locked=False).order_by("-id"):
            if choice.slot_id not in latest and choice.before_id:
                return choice.slot if choice.slot.undo() else None
            latest.add(choice.slot_id)
        return None

    def lock(self) -> None:
        """Keep everything chosen in it as it is."""
        Collection.objects.filter(pk=self.pk, locked_at=None).update(locked_at=timezone.now())
        self.refresh_from_db(fields=["locked_at"])

    def refuse_locked(self, of: str = "") -> None:
        """Raise `LockedError` if it is locked; `of` is the word for what of it is to change."""
        if self.locked_at:
            subject = f"The collection of this {of}" if of else "This collection"
            raise LockedError(f"{subject} is locked; unlock it first.")

    def unlock(self) -> None:
        Collection.objects.filter(pk=self.pk).update(locked_at=None)
        self.refresh_from_db(fields=["locked_at"])
