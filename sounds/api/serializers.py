"""Sounds, and jobs that make them, as the API tells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.urls import reverse
from rest_framework import serializers

from ccbell_site.pages import let_go
from jobs.api.serializers import JobSerializer
from jobs.models import Job
from sounds.estimate import recent, remaining_s
from sounds.models import AudioFile, Sound

EMPTY = Value("", output_field=TextField())


@cache
def _audio() -> str:
    return reverse("api-audio", args=["-"])[:-1]


def audio_url(sound: object) -> str:
    """Where the bytes of a sound with that uuid are."""
    return f"{_audio()}{sound}"  # a list asks for it a hundred times


class Measured(serializers.FloatField):
    """A measured value, as fine as anybody hears."""

    def to_representation(self, value: float) -> float:  # type: ignore[override]
        return round(float(value), 2)


class SoundSerializer(serializers.ModelSerializer):
    """A sound with where its bytes and pictures are."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    prompt = serializers.CharField(source="brief.prompt", read_only=True)
    knobs = serializers.DictField(source="brief.knobs", child=serializers.FloatField(), read_only=True)
    loudness_lufs = Measured(read_only=True)
    intended_lufs = Measured(read_only=True)
    true_peak_dbtp = Measured(read_only=True)
    quality = serializers.IntegerField(read_only=True, help_text="0 to 100")
    tags = serializers.ListField(source="tag_names", child=serializers.CharField(), read_only=True)
    favourite = serializers.BooleanField(read_only=True, default=False, help_text="Whether you like it.")
    owner = serializers.CharField(source="owner.username", default=None, read_only=True, allow_null=True)
    parent: Any = serializers.UUIDField(source="parent.uuid", default=None, read_only=True, allow_null=True)
    job = serializers.UUIDField(source="job.uuid", default=None, read_only=True, allow_null=True)
    collection = serializers.UUIDField(
        source="slot.collection.uuid", default=None, read_only=True, allow_null=True
    )
    slot = serializers.CharField(source="slot.key", default=None, read_only=True, allow_null=True)
    formats = serializers.ListField(
        source="audio_formats",
        child=serializers.CharField(),
        read_only=True,
        help_text="In which it lies ready; others are made on demand.",
    )
    provenance = serializers.DictField(read_only=True, help_text="What its pack said of it, elsewhere.")
    audio_url = serializers.SerializerMethodField()
    peaks_url = serializers.SerializerMethodField()
    spectrogram_url = serializers.SerializerMethodField()

    class Meta:
        model = Sound
        fields = [
            "id", "kind", "title", "hook", "theme", "variation", "prompt", "engine", "engine_version", "seed",
            "knobs", "duration_s", "loudness_lufs", "intended_lufs", "true_peak_dbtp", "quality",
            "quality_reasons", "rank", "tags", "favourite", "owner", "parent", "job", "collection", "slot",
            "take_no", "licence", "attribution", "provenance", "formats", "created_at", "cleaned_at",
            "audio_url", "peaks_url", "spectrogram_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_audio_url(self, sound: Sound) -> str:
        return audio_url(sound.uuid)

    def get_peaks_url(self, sound: Sound) -> str:
        return f"{audio_url(sound.uuid)}/peaks"

    def get_spectrogram_url(self, sound: Sound) -> str:
        return f"{audio_url(sound.uuid)}/spectrogram.png"


def detailed(sounds: list[Sound]) -> list[Sound]:
    """Give sounds the names of their tags and formats, which `SoundSerializer` tells.

    Not by prefetching: rows that hold each other stay until Python's collector finds them, which would stop
    the server for a tenth of a second every dozen pages.
    """
    pks = [sound.pk for sound in sounds]
    audio = AudioFile.objects.filter(
        sound__in=pks, role__in=[AudioFile.Role.MASTER, AudioFile.Role.RENDITION]
    )
    formats = _grouped(audio.order_by("format").values_list("sound", "format"))
    tags = _grouped(Sound.tags.through.objects.filter(sound__in=pks).values_list("sound", "tag__name"))
    for sound in sounds:
        told: Any = sound
        told.audio_formats, told.tag_names = formats[sound.pk], sorted(tags[sound.pk])
    return sounds


def _grouped(pairs: Iterable[tuple[int, str]]) -> defaultdict[int, list[str]]:
    grouped: defaultdict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return grouped


NAMELESS: dict[str, Any] = {"title": "", "tags": [], "provenance": {}}


class StrangersSoundSerializer(SoundSerializer):
    """A sound for somebody without a login: what it is, and nothing of what people did with it."""

    def to_representation(self, sound: Sound) -> dict[str, Any]:
        private = ("owner", "parent", "job", "collection", "slot", "rank")
        return super().to_representation(sound) | dict.fromkeys(private) | NAMELESS


class SoundJobSerializer(JobSerializer):
    """A job, what it is to make, and what it has made."""

    hook = serializers.CharField(default="", read_only=True)
    engine = serializers.CharField(default="", read_only=True)
    position = serializers.SerializerMethodField(help_text="Place in its lane's line; 1 is next.")
    sound = serializers.UUIDField(source="result.sound", default=None, read_only=True, allow_null=True)
    audio_url = serializers.SerializerMethodField()
    notes = serializers.ListField(
        source="result.notes", default=list, read_only=True, help_text="What the engine remarked."
    )

    class Meta(JobSerializer.Meta):
        fields = [*JobSerializer.Meta.fields, "hook", "engine", "position", "sound", "audio_url", "notes"]
        read_only_fields = fields

    def get_position(self, job: Job) -> int | None:
        return self.context["positions"].get(job.pk)

    def get_audio_url(self, job: Job) -> str | None:
        sound = job.result.get("sound")
        return audio_url(sound) if sound else None


class StatusSerializer(SoundJobSerializer):
    """The same with how long it will probably take."""

    estimated_seconds = serializers.SerializerMethodField(help_text="Until it ends, going by earlier ones.")

    class Meta(SoundJobSerializer.Meta):
        fields = [*SoundJobSerializer.Meta.fields, "estimated_seconds"]
        read_only_fields = fields

    def get_estimated_seconds(self, job: Job) -> float | None:
        return remaining_s(job, self.context["positions"], self.context["recent"])


def told(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Jobs with what `SoundJobSerializer` tells, the database reading it out of their long payloads.

    A list that tells no more can defer those; `StatusSerializer` reads on in them.
    """
    brief = "payload__brief"
    words = {word: Coalesce(KT(f"{brief}__{word}"), EMPTY) for word in ("hook", "engine")}
    return jobs.select_related("batch").annotate(**words)


def sound_jobs(
    jobs: list[Job],
    serializer: type[SoundJobSerializer] = SoundJobSerializer,
    positions: dict[int, int] | None = None,
) -> Any:
    """Jobs as `told` gives them, as data; their places in the line are looked up unless they are known."""
    if positions is None:
        positions = Job.objects.positions(jobs)
    context = {"positions": positions, "recent": cache(recent)}
    return let_go(serializer(jobs, many=True, context=context).data)
