"""Slots and the memory of what was chosen for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction

from sounds.errors import LockedError

if TYPE_CHECKING:
    from accounts.models import User
    from sounds.models.sound import Sound


OWN = ("duration_s", "prompt", "loudness_offset_db", "knobs")


class Slot(models.Model):
    """A row to fill: a hook of a pack for now. Takes gather under it; one of them is chosen."""

    collection = models.ForeignKey("sounds.Collection", models.CASCADE, related_name="slots")
    key = models.CharField(max_length=64)
    position = models.PositiveIntegerField(default=0)
    hook = models.ForeignKey("sounds.Hook", models.SET_NULL, null=True, blank=True)
    text = models.TextField(blank=True, help_text="What it says, where it says something.")
    brief = models.JSONField(default=dict, blank=True, help_text="What differs from the collection's brief.")
    enabled = models.BooleanField(default=True)
    locked = models.BooleanField(default=False)
    chosen = models.ForeignKey(
        "sounds.Sound", models.SET_NULL, null=True, blank=True, related_name="chosen_in"
    )

    class Meta:
        ordering = ["collection", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "key"], name="one_slot_of_a_key_in_a_collection")
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.collection}"

    @property
    def is_locked(self) -> bool:
        """Whether what is chosen for it is to stay, because of itself or of its collection."""
        return self.locked or self.collection.locked_at is not None

    def refuse_locked(self) -> None:
        """Raise `LockedError` if what is chosen for it is to stay because of itself."""
        if self.locked:
            raise LockedError(f"The slot {self.key} is locked; unlock it first.")

    @property
    def own(self) -> dict[str, Any]:
        """What its takes are to have otherwise than the collection's: the words for a wish in `brief`."""
        brief = self.brief if isinstance(self.brief, dict) else {}
        return {name: brief[name] for name in OWN if name in brief}

    def ask_for(self, *, duration_s: float | None = None, prompt: str = "") -> None:
        """Have its takes differ from the rest of the collection: a length, words of its own, or neither."""
        own: dict[str, float | str] = {}
        if duration_s is not None:
            own["duration_s"] = duration_s
        if prompt:
            own["prompt"] = prompt
        self.brief = own
        Slot.objects.filter(pk=self.pk).update(brief=own)

    def choose(self, sound: Sound | None, *, by: User | None = None) -> bool:
        """Make `sound` the slot's choice and remember what it was; False when it already is.

        Raises `CleanedUpError` for a take whose files are gone.
        """
        with transaction.atomic():
            slot = Slot.objects.select_for_update().get(pk=self.pk)
            before, after = slot.chosen_id, sound.pk if sound else None
            if before == after:
                return False
            if sound:
                sound.refuse_cleaned()
            Slot.objects.filter(pk=self.pk).update(chosen=sound)
            Choice.objects.create(slot=self, before_id=before, after=sound, by=by)
        self.chosen = sound
        return True

    def may_choose(self, sound: Sound) -> bool:
        """Whether it is a take of the slot, or was chosen for it before: out of the library, say."""
        chosen = models.Q(after=sound) | models.Q(before=sound)
        return sound.slot_id == self.pk or self.choices.filter(chosen).exists()

    def undo(self) -> bool:
        """Take back the latest choice; False when there is none left."""
        with transaction.atomic():
            Slot.objects.select_for_update().get(pk=self.pk)
            last = self.choices.order_by("-id").first()
            if last is None:
                return False
            Slot.objects.filter(pk=self.pk).update(chosen=last.before)
            last.delete()
        self.refresh_from_db(fields=["chosen"])
        return True


class Choice(models.Model):
    """One step of choosing, the memory behind undo."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="choices")
    before = models.ForeignKey("sounds.Sound", models.SET_NULL, null=True, blank=True, related_name="+")
    after = models.ForeignKey("sounds.Sound", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.slot}: {self.before_id} → {self.after_id}"
