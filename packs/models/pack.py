"""Packs: a collection's chosen takes under a name that players know."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

from packs.versions import next_version

if TYPE_CHECKING:
    from packs.models.build import Build
    from sounds.models import Collection, Slot

LONGEST_SLUG = 64
SLUG = r"^[a-z0-9][a-z0-9_-]*$"
RESERVED = ("import",)
"""Addresses of the API that no pack may be in the way of."""


class PackQuerySet(models.QuerySet["Pack"]):
    def create_for(self, collection: Collection, *, slug: str = "", name: str = "", **fields: Any) -> Pack:
        """A pack of a collection that has none, under a free name if no `slug` is given.

        That is `name` where it can be, else made from it, or from the collection's title.
        """
        if slug:
            return self.create(collection=collection, slug=slug, **fields)
        stem = slugify(name or collection.title)[: LONGEST_SLUG - 5].strip("-_") or "pack"
        whole = [name] if len(name) <= LONGEST_SLUG and re.fullmatch(SLUG, name) else []
        numbered = (f"{stem}-{number}" for number in count(2))
        for word in chain(whole, [stem], numbered):
            if self._is_free(word):
                try:
                    with transaction.atomic():
                        return self.create(collection=collection, slug=word, **fields)
                except IntegrityError:
                    if self._is_free(word):  # it is the collection that has a pack already
                        raise
        raise AssertionError("Numbers have no end.")

    def _is_free(self, slug: str) -> bool:
        return slug not in RESERVED and not self.filter(slug=slug).exists()


class Pack(models.Model):
    """What is built, installed and published; each `Build` of it is a frozen version."""

    collection = models.OneToOneField("sounds.Collection", models.PROTECT, related_name="pack")
    slug = models.CharField(
        max_length=LONGEST_SLUG,
        unique=True,
        validators=[RegexValidator(SLUG, "Use small letters, digits, - and _ only.")],
    )
    description = models.TextField(blank=True, validators=[MaxLengthValidator(256)])
    author = models.CharField(max_length=80, default="ccbell sound studio")
    author_github = models.CharField("GitHub user", max_length=40, blank=True)
    homepage = models.URLField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def slots(self) -> models.QuerySet[Slot]:
        """Its slots with what is chosen for them, in order."""
        return (
            self.collection.slots.select_related("chosen", "hook")
            .prefetch_related("chosen__files")
            .order_by("position", "id")
        )

    def latest_build(self) -> Build | None:
        return max(self.builds.all(), key=lambda build: build.number, default=None)

    def suggested_version(self, *, sounds_changed: bool = True) -> str:
        """The version for content that no build has yet."""
        latest = self.latest_build()
        return next_version(latest.version, sounds_changed=sounds_changed) if latest else "1.0.0"
