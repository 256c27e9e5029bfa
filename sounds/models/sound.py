"""Sounds: immutable takes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction

from accounts.models import User
from sounds import store
from sounds.brief import Brief
from sounds.engines.registry import card_of
from sounds.errors import CleanedUpError
from sounds.models.audio_file import AudioFile
from sounds.models.liking import Tag
from sounds.origins import NOT_MADE_HERE

if TYPE_CHECKING:
    from jobs.models import Job
    from sounds.models.slot import Slot


TOLD = (
    "uuid", "kind", "title", "hook", "theme", "variation", "brief", "engine", "engine_version", "seed",
    "duration_s", "loudness_lufs", "intended_lufs", "true_peak_dbtp", "quality", "quality_reasons", "rank",
    "take_no", "licence", "attribution", "provenance", "created_at", "cleaned_at", "owner__username",
    "parent__uuid", "job__uuid", "slot__key", "slot__collection__uuid",
)  # fmt: skip
"""The columns that a list of sounds needs; the others are large."""


LONGEST_LICENCE = 200
"""Characters: an SPDX expression may name a few."""


def folder_of(uuid_: uuid.UUID) -> Path:
    """Where the files of the sound with that uuid lie, absolute."""
    return settings.AUDIO_OUTPUT_DIR / "generated" / uuid_.hex[:2] / str(uuid_)


def _still_there(owner_id: int | None) -> User | None:
    """The owner of a job, unless deleted since the job was claimed."""
    return User.objects.filter(pk=owner_id).first() if owner_id else None


class SoundQuerySet(models.QuerySet["Sound"]):
    def in_library(self, fingerprints: Iterable[str]) -> dict[str, Sound]:
        """Fingerprint to the oldest whole take that has it, the same one for good, where there is one."""
        there = self.filter(cleaned_at=None)
        sounds = there.filter(fingerprint__in=set(fingerprints)).prefetch_related("files").order_by("-id")
        store.bring(master.location for sound in sounds if (master := sound.file("wav")))
        return {sound.fingerprint: sound for sound in sounds if sound.is_whole}

    def for_api(self, user: Any) -> SoundQuerySet:
        """With what a list tells of a sound in one query; `favourite` is that of `user`."""
        liked: models.Exists | models.Value = models.Value(False)
        if user.is_authenticated:
            liked = models.Exists(Sound.fans.through.objects.filter(sound=models.OuterRef("pk"), user=user))
        return (
            self.select_related("owner", "parent", "job", "slot__collection")
            .only(*TOLD)
            .annotate(favourite=liked)
        )

    def record(
        self,
        *,
        job: Job,
        brief: Brief,
        slot: Slot | None,
        result: dict[str, Any],
        parent: Sound | None = None,
        licence: str = "",
        attribution: str = "",
        provenance: dict[str, Any] | None = None,
    ) -> Sound:
        """Write down what the render host made for `job`; the files lie under the attempt's uuid already.

        Without a `licence` it is the engine's.
        """
        measures = result["measures"]
        assert job.attempt_uuid
        if not licence:
            card = card_of(brief.engine)
            licence, attribution = card.licence, card.attribution
        sound = Sound(
            uuid=job.attempt_uuid,
            slot=slot,
            take_no=1 + (slot.takes.aggregate(last=models.Max("take_no"))["last"] or 0) if slot else 1,
            parent=parent,
            job=job,
            owner=_still_there(job.owner_id),
            brief=brief.as_dict(),
            fingerprint=brief.fingerprint,
            hook=brief.hook,
            theme=brief.theme,
            variation=brief.variation,
            title=job.label,
            engine=brief.engine,
            engine_version=brief.engine_version,
            seed=brief.seed,
            duration_s=measures["duration_s"],
            loudness_lufs=measures["loudness_lufs"],
            intended_lufs=brief.loudness_lufs,
            gain_db=result["gain_db"],
            true_peak_dbtp=measures["true_peak_dbtp"],
            measures=measures,
            quality=result["quality"]["score"],
            quality_reasons=result["quality"]["reasons"],
            licence=licence,
            attribution=attribution,
            provenance=provenance or {},
        )
        sound.words = sound.words_with(tags=[])
        sound.save(force_insert=True, using=self.db)
        AudioFile.objects.bulk_create(AudioFile.of(sound, file) for file in result["files"])
        return sound


class Sound(models.Model):
    """One take. It never changes: another wish makes another Sound with this one as its parent."""

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=20, default="notification")
    slot = models.ForeignKey("sounds.Slot", models.SET_NULL, null=True, blank=True, related_name="takes")
    take_no = models.PositiveIntegerField(default=1)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="sounds")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)

    title = models.CharField(max_length=200, blank=True)
    brief = models.JSONField()
    fingerprint = models.CharField(max_length=64, db_index=True)
    hook = models.CharField(max_length=64, blank=True, help_text="As in the brief, to find it by.")
    theme = models.CharField(max_length=64, blank=True)
    variation = models.CharField(max_length=64, blank=True)
    engine = models.CharField(max_length=60)
    engine_version = models.CharField(max_length=40)
    seed = models.PositiveBigIntegerField()

    duration_s = models.FloatField("duration")
    loudness_lufs = models.FloatField("loudness")
    intended_lufs = models.FloatField("intended loudness")
    gain_db = models.FloatField("gain")
    true_peak_dbtp = models.FloatField("true peak")
    measures = models.JSONField(default=dict)
    quality = models.PositiveSmallIntegerField(help_text="0 to 100")
    quality_reasons = models.JSONField(default=list, blank=True)

    rank = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 is best, 5 is last.")
    tags = models.ManyToManyField("sounds.Tag", blank=True, related_name="sounds")
    fans = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, through="sounds.Favourite", related_name="favourites"
    )
    words = models.TextField(blank=True, editable=False, help_text="What search looks in; see `index`.")
    licence = models.CharField(max_length=LONGEST_LICENCE)
    attribution = models.CharField(max_length=200, blank=True)
    provenance = models.JSONField(default=dict, blank=True, help_text="What its pack said of it, elsewhere.")
    created_at = models.DateTimeField(auto_now_add=True)
    cleaned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when its files are gone: nobody had kept it."
    )

    objects = SoundQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            *(
                models.Index(fields=[name, "id"], name=f"sounds_by_{name.removesuffix('_s')}")
                for name in ("hook", "theme", "engine", "owner", "duration_s", "quality", "title", "rank")
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(cleaned_at=None), name="sounds_with_files"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.uuid)

    @property
    def folder(self) -> Path:
        return folder_of(self.uuid)

    def plan(self) -> Brief:
        """The Brief it was made from."""
        return Brief.from_dict(self.brief)

    @property
    def is_made_here(self) -> bool:
        """Whether an engine of the studio made it from its Brief, and so could make another."""
        return self.engine not in NOT_MADE_HERE

    @property
    def origin(self) -> dict[str, Any]:
        """What first made it and from which words, here or where it was imported from."""
        here = {
            "engine": self.engine,
            "engine_version": self.engine_version,
            "prompt": self.brief.get("prompt", ""),
            "seed": self.seed,
            "theme": self.theme,
            "variation": self.variation,
        }
        return here | {name: self.provenance[name] for name in here if name in self.provenance}

    @property
    def is_whole(self) -> bool:
        """Whether its master is on disk as it was made: clean-up removes those of takes nobody chose."""
        master = self.file("wav")
        return bool(master and master.is_whole)

    def refuse_cleaned(self) -> None:
        """Raise `CleanedUpError` if its files were cleaned up; in a transaction that cannot change then."""
        now = (
            Sound.objects.select_for_update().filter(pk=self.pk).values_list("cleaned_at", flat=True).first()
        )
        if now:
            raise CleanedUpError(
                f"The files of “{self}”, take {self.take_no}, were cleaned up; make it again."
            )

    @property
    def outline(self) -> str:
        """Its shape in a few letters, see `sounds.audio.peaks`; empty for one of an older studio."""
        return self.measures.get("outline", "")

    def file(self, format_: str) -> AudioFile | None:
        """Its file of a format, the master being ``wav`` and ``original`` what somebody uploaded."""
        for file in self.files.all():
            if format_ == (file.role if file.role == AudioFile.Role.ORIGINAL else file.format):
                return file
        return None

    def words_with(self, tags: Iterable[str]) -> str:
        """What search finds it by when it has these tags."""
        said = [
            self.title, self.brief.get("prompt", ""), self.hook, self.theme, self.variation, self.engine,
            self.provenance.get("pack", ""),
        ]  # fmt: skip
        return "\n".join(word for word in [*said, *tags] if word)

    def index(self, **changes: Any) -> None:
        """Write down anew what search finds it by, with other changes of columns if there are any."""
        self.words = self.words_with(self.tags.order_by("name").values_list("name", flat=True))
        Sound.objects.filter(pk=self.pk).update(words=self.words, **changes)

    def note(self, *, tags: Iterable[str] | None = None, **notes: Any) -> None:
        """Note what people say of it: its title, its rank, exactly these tags."""
        for name, value in notes.items():
            setattr(self, name, value)
        with transaction.atomic():
            if tags is not None:
                self.tags.set([Tag.objects.get_or_create(name=name)[0] for name in sorted(set(tags))])
            self.index(**notes)

    def discard(self) -> None:
        """Delete it with its files; raises `ProtectedError` when a build holds it."""
        from sounds.sweep import remove

        folder = self.folder
        with transaction.atomic():
            self.delete()
            transaction.on_commit(lambda: remove(folder))
