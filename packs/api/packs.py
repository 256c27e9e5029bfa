"""Packs and their builds over HTTP."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator

from accounts.access import may_change
from accounts.permissions import HasScope
from ccbell_site.pages import Pages
from ccbell_site.strict import Strict
from jobs.api.serializers import JobSerializer
from jobs.models import NewJob, Status
from jobs.tiers import tier_of
from jobs.waiting import wait
from packs.api.fields import Formats, Version
from packs.errors import BuildError
from packs.generate import submit_build
from packs.models import Build, Pack
from packs.models.pack import RESERVED, SLUG
from packs.remaster import adoption_job, remaster_jobs
from packs.views import send_zip
from sounds.api.access import OfItsCollection, OwnerOrStaff
from sounds.api.answer import answer, submit, wait_of
from sounds.api.errors import Conflict
from sounds.api.fields import Uuid, Words, refused
from sounds.models import Collection, Sound

EDITABLE = ["description", "author", "author_github", "homepage"]


class PackBuildSerializer(serializers.ModelSerializer):
    """A version of a pack as it was handed out."""

    valid = serializers.BooleanField(source="report.valid", read_only=True)
    gate = serializers.CharField(source="report.gate", read_only=True)
    badge = serializers.BooleanField(source="report.badge", read_only=True)
    zip_url = serializers.SerializerMethodField()

    class Meta:
        model = Build
        fields = [
            "version", "formats", "content_sha256", "zip_sha256", "zip_bytes", "valid", "gate", "badge",
            "created_at", "zip_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_zip_url(self, build: Build) -> str:
        return reverse("api-pack-zip", args=[build.pack.slug, build.version])


class PackSerializer(Strict, serializers.ModelSerializer):
    """A pack with its builds, the newest first."""

    collection = serializers.UUIDField(source="collection.uuid", read_only=True)
    title = serializers.CharField(source="collection.title", read_only=True)
    owner = serializers.CharField(
        source="collection.owner.username", default=None, read_only=True, allow_null=True
    )
    builds = PackBuildSerializer(many=True, read_only=True)

    class Meta:
        model = Pack
        fields = ["slug", "title", "collection", "owner", *EDITABLE, "created_at", "builds"]
        read_only_fields = ["slug", "created_at"]


def _refuse_reserved(slug: str) -> None:
    if slug in RESERVED:
        raise serializers.ValidationError(f"“{slug}” is an address of the API; choose another name.")


class NewPackSerializer(Strict, serializers.ModelSerializer):
    """A pack of a collection that has none; without a slug it is named after the collection's title."""

    collection = Uuid()

    class Meta:
        model = Pack
        fields = ["collection", "slug", *EDITABLE]
        extra_kwargs = {name: {"required": False} for name in EDITABLE} | {
            "slug": {
                "required": False,
                "help_text": "Small letters, digits, - and _ only.",
                "validators": [
                    RegexValidator(SLUG, "Use small letters, digits, - and _ only, beginning with a letter."),
                    UniqueValidator(
                        Pack.objects.all(), "There is a pack of that name already; choose another."
                    ),
                    _refuse_reserved,
                ],
            }
        }


class BuildRequestSerializer(Strict, serializers.Serializer):
    version = Version(required=False, default="", help_text="X.Y.Z; the next free one where it is left out.")
    formats = Formats()


class RemasterSerializer(Strict, serializers.Serializer):
    """Nothing: what misses the badge. Or a sound of any pack, and the slot that is to choose it."""

    slot = Words(required=False, help_text="Key of a slot of this pack.")
    sound = Uuid(required=False, help_text="Which sound to take into it.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if len(values) == 1:
            other = "sound" if "slot" in values else "slot"
            raise serializers.ValidationError({other: "Name both a slot and a sound, or neither."})
        return values


class BuildAnswerSerializer(serializers.Serializer):
    """The build, once it is there, and the job that makes it."""

    job = JobSerializer()
    build = PackBuildSerializer(allow_null=True)


class PackFilters(filters.FilterSet):
    collection = filters.UUIDFilter(field_name="collection__uuid")
    owner = filters.CharFilter(field_name="collection__owner__username")
    theme = filters.CharFilter(field_name="collection__theme__slug")


class Packs(viewsets.ModelViewSet):
    """Every pack of the studio."""

    queryset = Pack.objects.all()
    serializer_class = PackSerializer
    permission_classes = [HasScope, OfItsCollection]
    parameters = {"build": ["wait"], "remaster": ["wait"]}
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    lookup_field = "slug"
    filterset_class = PackFilters
    pagination_class = Pages
    orderings = {"created_at": "pk", "slug": "slug"}
    ordering = "slug"

    def get_queryset(self) -> QuerySet[Pack]:
        return Pack.objects.select_related("collection__owner").prefetch_related("builds__pack")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = NewPackSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        collection = Collection.objects.filter(uuid=values.pop("collection")).first()
        if collection is None:
            raise serializers.ValidationError({"collection": "There is no such collection."})
        if not may_change(request.user, collection):
            raise PermissionDenied(OwnerOrStaff.message)
        try:
            with transaction.atomic():
                pack = Pack.objects.create_for(collection, **values)
        except IntegrityError as error:
            raise Conflict("This collection has a pack already.") from error
        return Response(PackSerializer(self.get_queryset().get(pk=pack.pk)).data, status=201)

    def perform_destroy(self, pack: Pack) -> None:
        try:
            pack.delete()
        except ProtectedError as error:
            raise Conflict("This pack has builds and stays; delete them in the admin first.") from error

    @action(detail=True, methods=["post"])
    def build(self, request: Request, slug: str) -> Response:
        """Freeze what is chosen as a version: 201 with the build, or 202 with the job that makes it."""
        seconds = wait_of(request)
        pack = self.get_object()
        asked = BuildRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        batch = submit_build(pack, **asked.validated_data, owner=request.user, tier=tier_of(request.user))
        wait(batch, seconds)
        job = batch.jobs.select_related("batch").get()
        made = job.status == Status.SUCCEEDED
        build = Build.objects.select_related("pack").get(pk=job.result["build"]) if made else None
        data = BuildAnswerSerializer({"job": job, "build": build}).data
        return Response(data, status=201 if build else 202)

    @action(detail=True, methods=["post"])
    def remaster(self, request: Request, slug: str) -> Response:
        """Master anew what is chosen and misses the badge, or take a sound from elsewhere into a slot.

        What was mastered anew takes the place of what it comes from, which stays.
        """
        seconds = wait_of(request)
        pack = self.get_object()
        asked = RemasterSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            with refused():
                jobs = self._remaster_jobs(pack, **asked.validated_data)
        except BuildError as error:
            raise Conflict(str(error)) from error
        return answer(request, submit(request, jobs, label=f"Remaster {pack}"), seconds=seconds)

    def _remaster_jobs(self, pack: Pack, slot: str = "", sound: Any = None) -> list[NewJob]:
        if not slot:
            return remaster_jobs(pack)
        into = pack.collection.slots.select_related("hook", "collection").filter(key=slot).first()
        if into is None:
            raise serializers.ValidationError({"slot": f"The pack {pack} has no slot {slot}."})
        taken = Sound.objects.filter(uuid=sound).first()
        if taken is None:
            raise serializers.ValidationError({"sound": "There is no such sound."})
        return [adoption_job(taken, into)]


class Zip(viewsets.GenericViewSet):
    """The zip of a build."""

    queryset = Build.objects.none()

    def retrieve(self, request: Request, slug: str, version: str) -> HttpResponseBase:
        """The zip of a build, to be saved."""
        build = get_object_or_404(Build.objects.select_related("pack"), pack__slug=slug, version=version)
        return send_zip(request._request, build)
